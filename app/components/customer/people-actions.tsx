/** What is seldom done to a customer: make them one with another, give them their data, forget them. Each says first what will happen. */
import { Form } from '@remix-run/react';
import { AlertDialog } from 'radix-ui';
import { useId, useState, type ReactNode } from 'react';
import type { CustomerProfile, CustomerRow } from '#operations/customer-views';
import { useFormats } from '../../format/use-formats.tsx';
import { customerName } from '../customers/customer-name.ts';
import { TextField } from '../forms/field.tsx';
import { useCustomerSearch } from '../layout/use-customer-search.ts';
import { Button, buttonClass } from '../ui/button.tsx';

interface Allowed {
  merge: boolean;
  erase: boolean;
}

export function PeopleActions({ customer, allowed }: { customer: CustomerProfile; allowed: Allowed }) {
  if (!allowed.merge && !allowed.erase) return null;
  return (
    <div className="flex flex-wrap gap-2">
      {allowed.merge && <MergeDialog customer={customer} />}
      {allowed.erase && <DataDialog customer={customer} />}
      {allowed.erase && <EraseDialog customer={customer} />}
    </div>
  );
}

function Dialog({ trigger, look, title, children }: { trigger: string; look: 'quiet' | 'danger'; title: string; children: ReactNode }) {
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger className={buttonClass(look, true)}>{trigger}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <AlertDialog.Content className="rise fixed inset-x-4 top-[12vh] z-50 mx-auto max-h-[76vh] max-w-md overflow-y-auto rounded-card border border-line bg-surface p-5 shadow-float">
          <AlertDialog.Title className="text-16 font-strong">{title}</AlertDialog.Title>
          {children}
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

function MergeDialog({ customer }: { customer: CustomerProfile }) {
  const { money } = useFormats();
  const [text, setText] = useState('');
  const [into, setInto] = useState<CustomerRow | null>(null);
  const { customers, searching } = useCustomerSearch(into === null ? text : '');
  const others = customers.filter((one) => one.id !== customer.id);
  const status = useId();
  const name = customerName(customer);
  return (
    <Dialog trigger="Merge…" look="quiet" title={`Merge ${name} into another customer`}>
      <AlertDialog.Description className="mt-2 text-muted">
        {into === null
          ? 'For one person who is here twice. Choose the customer who stays.'
          : `Everything ${name} bought, and every name ${name} is known by, goes to ${customerName(into)}. ${name} is no longer listed, and this cannot be undone.`}
      </AlertDialog.Description>
      {into === null && (
        <div className="mt-4">
          <TextField label="Customer who stays" value={text} onChange={(event) => setText(event.target.value)} autoComplete="off" placeholder="Name, e-mail address or id" aria-controls={status} />
          <ul id={status} className="mt-2 flex flex-col">
            {others.map((one) => (
              <li key={one.id}>
                <button type="button" onClick={() => setInto(one)} className="flex min-h-10 w-full items-center justify-between gap-4 rounded-control px-3 py-1.5 text-left text-14 transition-colors hover:bg-sunken">
                  <span className="min-w-0"><span className="block truncate">{customerName(one)}</span><span className="block truncate text-12 text-muted">{one.email ?? one.externalId}</span></span>
                  <span className="figures shrink-0 text-muted">{money(one.historicalValue, 'exact')}</span>
                </button>
              </li>
            ))}
          </ul>
          <p role="status" className="px-3 text-13 text-muted">{text.trim() !== '' && others.length === 0 ? (searching ? 'Searching…' : 'Nobody else begins like this.') : ''}</p>
        </div>
      )}
      <Form method="post" className="mt-5 flex flex-wrap justify-end gap-2">
        <AlertDialog.Cancel className={buttonClass('plain')} onClick={() => setInto(null)}>Leave as they are</AlertDialog.Cancel>
        {into !== null && (
          <>
            <input type="hidden" name="into" value={into.id} />
            <Button type="submit" look="danger" name="intent" value="merge">Merge into {customerName(into)}</Button>
          </>
        )}
      </Form>
    </Dialog>
  );
}

function DataDialog({ customer }: { customer: CustomerProfile }) {
  return (
    <Dialog trigger="Their data…" look="quiet" title={`What is held about ${customerName(customer)}`}>
      <AlertDialog.Description className="mt-2 text-muted">
        For somebody who asks for a copy of their data. The request is noted with the day it is due, and you get to the list where the file is made.
      </AlertDialog.Description>
      <Form method="post" className="mt-5 flex flex-wrap justify-end gap-2">
        <AlertDialog.Cancel className={buttonClass('plain')}>Not now</AlertDialog.Cancel>
        <Button type="submit" look="primary" name="intent" value="data">Note the request</Button>
      </Form>
    </Dialog>
  );
}

function EraseDialog({ customer }: { customer: CustomerProfile }) {
  const name = customerName(customer);
  return (
    <Dialog trigger="Erase…" look="quiet" title={`Erase ${name}?`}>
      <AlertDialog.Description className="mt-2 text-muted">
        For somebody who asks to be forgotten. Name, address, scores and every id go, now and for good. The orders stay in your revenue without a customer, and whatever still arrives under the same ids or e-mail address is counted without one.
      </AlertDialog.Description>
      <Form method="post" className="mt-5 flex flex-wrap justify-end gap-2">
        <AlertDialog.Cancel className={buttonClass('plain')}>Keep the customer</AlertDialog.Cancel>
        <Button type="submit" look="danger" name="intent" value="erase">Erase for good</Button>
      </Form>
    </Dialog>
  );
}
