/** ⌘K: go to a page or find a customer, by keyboard alone. */
import { useNavigate } from '@remix-run/react';
import { Command, Search, User } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useEffect, useState } from 'react';
import { useFormats } from '../../format/use-formats.tsx';
import { useCombobox, useComboboxText } from '../../hooks/use-combobox.ts';
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
  const typed = useComboboxText();
  const [{ text }] = typed;
  const { customers, searching } = useCustomerSearch(text);
  const needle = text.trim().toLowerCase();
  const options = [
    ...[...NAVIGATION, ...FURTHER_PAGES].filter(({ label }) => label.toLowerCase().includes(needle)).map(({ to, label, icon }) => ({ to, label, note: '', icon })),
    ...customers.map((row) => ({ to: `/customers/${row.id}`, label: row.name ?? row.email ?? row.externalId, note: money(row.totalValue), icon: User })),
  ];
  const combobox = useCombobox(typed, options, ({ to }) => {
    close();
    navigate(to);
  });
  return (
    <>
      <input {...combobox.input} aria-label="Page or customer" placeholder="Page or customer" className="h-13 w-full border-b border-line bg-transparent px-4 text-16 outline-none" />
      <ul {...combobox.list} aria-label="Results" className="max-h-[50vh] overflow-y-auto p-1.5">
        {options.map((option, index) => (
          <li key={option.to} {...combobox.option(index, option)} className={`flex h-10 cursor-pointer items-center gap-3 rounded-control px-3 ${index === combobox.current ? 'bg-sunken' : ''}`}>
            <option.icon aria-hidden className="size-4 shrink-0 text-muted" />
            <span className="min-w-0 grow truncate">{option.label}</span>
            <span className="figures text-13 text-muted">{option.note}</span>
          </li>
        ))}
      </ul>
      {options.length === 0 && (
        <p role="status" className="px-4 pb-4 text-13 text-muted">{searching ? 'Looking…' : 'No page or customer like that. Try a name, an e-mail address or a customer number.'}</p>
      )}
    </>
  );
}
