/** One condition: its name, its arguments as the language describes them, and what is still missing. */
import { definitionOf } from '#core/segments/conditions/registry';
import type { Field } from '#core/segments/conditions/condition';
import type { Args } from './args.ts';
import { FieldInput, isOptional, isSet, startOfField } from './field-input.tsx';
import type { DraftCondition } from './draft.ts';
import { useLanguage } from './language-context.tsx';
import { MoveHandle, NodeMenu } from './node-menu.tsx';
import { useTree } from './tree-context.tsx';
import { BOX } from './value-inputs.tsx';

const NO_PROBLEMS: Readonly<Record<string, string>> = {};

export function ConditionRow({ node, hintId }: { node: DraftCondition; hintId: string }) {
  const { dispatch, problems, drag } = useTree();
  const { conditionOf } = useLanguage();
  const definition = definitionOf(node.is);
  const words = conditionOf(node.is, node.args, node.negated);
  const wrong = problems.get(node.key) ?? NO_PROBLEMS;
  const change = (args: Args, field: string) => dispatch({ type: 'change', key: node.key, is: node.is, args, field });
  const fields = definition?.fields ?? [];
  const shown = fields.filter((field) => !isOptional(field) || isSet(field, node.args));
  const more = fields.filter((field) => isOptional(field) && !isSet(field, node.args));
  const problem = Object.values(wrong)[0];
  return (
    <div role="group" aria-label={words} data-node={node.key} className={`flex items-start gap-1 rounded-control border border-line bg-surface py-1.5 pr-1 pl-0.5 ${drag.key === node.key ? 'opacity-50' : ''}`}>
      <MoveHandle node={node} name={words} hintId={hintId} />
      <div className="min-w-0 grow">
        <div className="flex min-w-0 flex-wrap items-center gap-x-1.5 gap-y-1">
          {node.negated && (
            <button type="button" onClick={() => dispatch({ type: 'negate', key: node.key })} title="Choose to make it hold again" className="h-6 rounded-[4px] bg-warning-soft px-1.5 text-12 font-strong text-ink">not</button>
          )}
          <span className="py-1 text-14 font-strong">{definition?.label ?? node.is}</span>
          {shown.map((field, index) => (
            <FieldInput
              key={fieldKey(field, index)} field={field} args={node.args} problems={wrong} label={definition?.label ?? node.is}
              focusKey={index === 0 ? node.key : undefined} onChange={(args) => change(args, fieldKey(field, index))}
            />
          ))}
          {more.length > 0 && (
            <select
              value="" aria-label={`${definition?.label ?? ''}: narrow it down`}
              onChange={(event) => {
                const field = more.find((one, index) => fieldKey(one, index) === event.target.value);
                if (field !== undefined) change(startOfField(field, node.args), 'more');
              }}
              className={`${BOX} w-28 border-dashed pr-7 pl-2 text-13 text-muted`}
            >
              <option value="">More…</option>
              {more.map((field, index) => <option key={fieldKey(field, index)} value={fieldKey(field, index)}>{'label' in field ? field.label : field.kind}</option>)}
            </select>
          )}
        </div>
        {problem !== undefined && <p className={`pt-0.5 text-13 ${isUnfinished(node) ? 'text-muted' : 'text-negative'}`}>{problem}</p>}
      </div>
      <NodeMenu node={node} name={words} />
    </div>
  );
}

/** What was just added is not wrong yet. */
function isUnfinished(node: DraftCondition): boolean {
  return node.args.value === undefined;
}

function fieldKey(field: Field, index: number): string {
  return 'name' in field ? field.name : `${field.kind}-${index}`;
}
