/** Chooses a condition from all that the language knows: search by words, walk with the arrow keys. */
import { Plus } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useRef, useState } from 'react';
import { useCombobox, useComboboxText } from '../../hooks/use-combobox.ts';
import { buttonClass } from '../ui/button.tsx';

export interface PickedCondition {
  id: string;
  label: string;
  /** Heading that it stands under. */
  group: string;
  description: string;
}

interface ConditionPickerProps {
  choices: readonly PickedCondition[];
  label: string;
  /** For the focus after an edit. */
  focusKey?: string;
  onPick: (id: string) => void;
}

export function ConditionPicker({ choices, label, focusKey, onPick }: ConditionPickerProps) {
  const [open, setOpen] = useState(false);
  const picked = useRef(false);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger data-focus={focusKey} className={buttonClass('quiet', true)}><Plus aria-hidden className="size-3.5" />{label}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start" sideOffset={4} collisionPadding={12} aria-label="Conditions"
          className="rise z-50 flex max-h-[min(26rem,var(--radix-popover-content-available-height))] w-[min(26rem,calc(100vw-2rem))] flex-col overflow-hidden rounded-card border border-line bg-surface shadow-float"
          // The new row takes the focus itself.
          onCloseAutoFocus={(event) => { if (picked.current) event.preventDefault(); picked.current = false; }}
        >
          <PickerList choices={choices} onPick={(id) => { picked.current = true; setOpen(false); onPick(id); }} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** Every word typed must begin a word of the condition's name, its heading or its description. */
function matching(choices: readonly PickedCondition[], text: string): PickedCondition[] {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const found = choices.flatMap((choice) => {
    const name = choice.label.toLowerCase();
    const all = ` ${name} ${choice.group} ${choice.id.replaceAll(/[._]/g, ' ')} ${choice.description}`.toLowerCase();
    if (!words.every((word) => all.includes(` ${word}`) || all.includes(`(${word}`))) return [];
    return [{ choice, rank: words.length > 0 && words.every((word) => ` ${name}`.includes(` ${word}`)) ? 0 : 1 }];
  });
  return found.sort((a, b) => a.rank - b.rank).map(({ choice }) => choice);
}

function PickerList({ choices, onPick }: { choices: readonly PickedCondition[]; onPick: (id: string) => void }) {
  const typed = useComboboxText();
  const [{ text }] = typed;
  const options = matching(choices, text);
  const combobox = useCombobox(typed, options, (option) => onPick(option.id));
  return (
    <>
      <input {...combobox.input} aria-label="Find a condition" placeholder="Find a condition: spent, last order, country…" className="h-11 w-full shrink-0 border-b border-line bg-transparent px-4 text-14 outline-none" />
      <ul {...combobox.list} aria-label="Conditions" className="min-h-0 overflow-y-auto p-1.5">
        {options.map((option, index) => {
          const heading = text.trim() === '' && options[index - 1]?.group !== option.group;
          return (
            <li key={option.id} {...combobox.option(index, option)} className="cursor-pointer">
              {heading && <span aria-hidden className="block px-3 pt-2.5 pb-1 text-12 font-strong text-muted">{option.group}</span>}
              <span className={`block rounded-control px-3 py-1.5 ${index === combobox.current ? 'bg-sunken' : ''}`}>
                <span className="block">{option.label}</span>
                <span className="block text-12 text-pretty text-muted">{option.description}</span>
              </span>
            </li>
          );
        })}
      </ul>
      {options.length === 0 && <p role="status" className="px-4 pb-4 text-13 text-muted">No condition has all of these words.</p>}
    </>
  );
}
