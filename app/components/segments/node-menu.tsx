/** What can be done with a condition or a group, besides dragging it. */
import { ArrowDown, ArrowUp, Ban, Copy, Ellipsis, Group, Trash2, Ungroup, type LucideIcon } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useRef } from 'react';
import type { DraftNode } from './draft.ts';
import type { EditorAction } from './history.ts';
import { useTree } from './tree-context.tsx';

const ITEM = 'flex h-9 w-full items-center gap-3 rounded-control px-2.5 text-14 outline-none data-highlighted:bg-sunken data-disabled:text-muted data-disabled:opacity-60';

export function NodeMenu({ node, name }: { node: DraftNode; name: string }) {
  const { dispatch } = useTree();
  // Where an edit moves the focus itself, the menu must not take it back.
  const acted = useRef(false);
  const item = (label: string, Icon: LucideIcon, action: EditorAction, keys?: string) => (
    <DropdownMenu.Item className={ITEM} onSelect={() => { acted.current = action.type !== 'negate'; dispatch(action); }}>
      <Icon aria-hidden className="size-4 text-muted" />
      <span className="grow">{label}</span>
      {keys !== undefined && <kbd aria-hidden className="font-sans text-12 text-muted">{keys}</kbd>}
    </DropdownMenu.Item>
  );
  const { key } = node;
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger aria-label={`More for ${name}`} className="inline-flex size-8 shrink-0 items-center justify-center rounded-control text-muted transition-colors hover:bg-sunken hover:text-ink">
        <Ellipsis aria-hidden className="size-4" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end" sideOffset={4} collisionPadding={8} className="rise z-50 min-w-60 rounded-card border border-line bg-surface p-1 shadow-float"
          onCloseAutoFocus={(event) => { if (acted.current) event.preventDefault(); acted.current = false; }}
        >
          {node.kind === 'condition' && item(node.negated ? 'Must hold' : 'Must not hold', Ban, { type: 'negate', key })}
          {item('Duplicate', Copy, { type: 'duplicate', key })}
          {item('Move up', ArrowUp, { type: 'step', key, direction: 'up' }, '↑ on the handle')}
          {item('Move down', ArrowDown, { type: 'step', key, direction: 'down' }, '↓')}
          {item('Put in a group', Group, { type: 'wrap', key })}
          {node.kind === 'group' && item('Take the group apart', Ungroup, { type: 'unwrap', key })}
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          {item('Remove', Trash2, { type: 'remove', key }, 'Delete on the handle')}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** Drags by pointer; with the focus on it, arrow keys move and Delete removes. */
export function MoveHandle({ node, name, hintId }: { node: DraftNode; name: string; hintId: string }) {
  const { dispatch, drag } = useTree();
  return (
    <button
      type="button"
      data-focus={`${node.key}-handle`}
      aria-label={`Move ${name}`}
      aria-describedby={hintId}
      onPointerDown={(event) => drag.start(node.key, event)}
      onKeyDown={(event) => {
        const action: EditorAction | null = event.key === 'ArrowUp' ? { type: 'step', key: node.key, direction: 'up' } : event.key === 'ArrowDown' ? { type: 'step', key: node.key, direction: 'down' } : event.key === 'Delete' ? { type: 'remove', key: node.key } : null;
        if (action === null) return;
        event.preventDefault();
        dispatch(action);
      }}
      className="inline-flex h-8 w-5 shrink-0 cursor-grab touch-none items-center justify-center rounded-control text-muted hover:bg-sunken hover:text-ink active:cursor-grabbing"
    >
      <svg aria-hidden viewBox="0 0 8 14" className="h-3.5 w-2 fill-current"><circle cx="2" cy="2" r="1.1" /><circle cx="6" cy="2" r="1.1" /><circle cx="2" cy="7" r="1.1" /><circle cx="6" cy="7" r="1.1" /><circle cx="2" cy="12" r="1.1" /><circle cx="6" cy="12" r="1.1" /></svg>
    </button>
  );
}
