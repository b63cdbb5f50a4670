/** ⌘K: go to a page or find a customer, by keyboard alone. */
import { useNavigate } from '@remix-run/react';
import { Command, Search, User } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useEffect, useId, useState, type KeyboardEvent } from 'react';
import { useFormats } from '../../format/use-formats.tsx';
import { FURTHER_PAGES, NAVIGATION } from './navigation.ts';
import { useCustomerSearch } from './use-customer-search.ts';

export function CommandPalette() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setOpen((was) => !was);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger className="inline-flex h-9 items-center gap-2 rounded-control px-2.5 text-13 text-muted transition-colors hover:bg-sunken hover:text-ink md:border md:border-line md:pr-2">
        <Search aria-hidden className="size-4" />
        <span className="sr-only lg:not-sr-only lg:pr-8">Search</span>
        <kbd className="hidden items-center rounded-[4px] bg-sunken px-1.5 py-0.5 font-sans text-12 lg:flex"><Command aria-label="Command or Control" className="size-3" />K</kbd>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Dialog.Content aria-describedby={undefined} className="rise fixed inset-x-4 top-[12vh] z-50 mx-auto max-w-xl overflow-hidden rounded-card border border-line bg-surface shadow-float">
          <Dialog.Title className="sr-only">Go to a page or find a customer</Dialog.Title>
          <PaletteList close={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteList({ close }: { close: () => void }) {
  const navigate = useNavigate();
  const { money } = useFormats();
  const id = useId();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const { customers, searching } = useCustomerSearch(text);
  const needle = text.trim().toLowerCase();
  const options = [
    ...[...NAVIGATION, ...FURTHER_PAGES].filter(({ label }) => label.toLowerCase().includes(needle)).map(({ to, label, icon }) => ({ to, label, note: '', icon })),
    ...customers.map((row) => ({ to: `/customers/${row.id}`, label: row.name ?? row.email ?? row.externalId, note: money(row.totalValue), icon: User })),
  ];
  const current = Math.min(chosen, options.length - 1);
  const go = (to: string) => {
    close();
    navigate(to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const option = options[current];
    if (event.key === 'Enter' && option) go(option.to);
    else if (event.key === 'ArrowDown') setChosen(Math.min(options.length - 1, current + 1));
    else if (event.key === 'ArrowUp') setChosen(Math.max(0, current - 1));
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        autoFocus
        value={text}
        onChange={(event) => { setText(event.target.value); setChosen(0); }}
        onKeyDown={onKeyDown}
        role="combobox"
        aria-label="Page or customer"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={options[current] ? `${id}-${current}` : undefined}
        placeholder="Page or customer"
        className="h-13 w-full border-b border-line bg-transparent px-4 text-16 outline-none"
      />
      <ul id={`${id}-list`} role="listbox" aria-label="Results" className="max-h-[50vh] overflow-y-auto p-1.5">
        {options.map(({ to, label, note, icon: Icon }, index) => (
          <li
            key={to}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === current}
            onPointerMove={() => setChosen(index)}
            onClick={() => go(to)}
            className={`flex h-10 cursor-pointer items-center gap-3 rounded-control px-3 ${index === current ? 'bg-sunken' : ''}`}
          >
            <Icon aria-hidden className="size-4 shrink-0 text-muted" />
            <span className="min-w-0 grow truncate">{label}</span>
            <span className="figures text-13 text-muted">{note}</span>
          </li>
        ))}
      </ul>
      {options.length === 0 && (
        <p role="status" className="px-4 pb-4 text-13 text-muted">{searching ? 'Looking…' : 'No page or customer like that. Try a name, an e-mail address or a customer number.'}</p>
      )}
    </>
  );
}
