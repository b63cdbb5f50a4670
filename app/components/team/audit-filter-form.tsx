/** What of the audit log to show: the kind of deed and the days. */
import { Form, Link } from '@remix-run/react';
import { SelectField, TextField } from '../forms/field.tsx';
import { Button, buttonClass } from '../ui/button.tsx';

/** What stands before the dot of each action, as people call it. */
const KIND_WORDS: Record<string, string> = {
  company: 'Settings', rates: 'Exchange rates', alerts: 'Alerts', account: 'Accounts and sign-in', member: 'Team', api_key: 'API keys', integration: 'Connections', backfill: 'Reading history',
  reconciliation: 'Comparing books', event_source: 'Event sources', import: 'Imports', mapping: 'Column mappings', dead_letter: 'Refused records',
  dead_letters: 'Replays', customers: 'Customers', sales: 'Pairing sales', privacy: 'Privacy', model: 'Model', run: 'Runs', night: 'Nights', audit: 'Audit log',
};

export function AuditFilterForm({ kinds, parameters }: { kinds: readonly string[]; parameters: URLSearchParams }) {
  const filtered = ['action', 'target', 'from', 'to'].some((name) => (parameters.get(name) ?? '') !== '');
  return (
    <Form method="get" action="/audit" key={parameters.toString()} className="grid grid-cols-2 items-end gap-3 md:flex md:flex-wrap">
      {parameters.has('target') && <input type="hidden" name="target" value={parameters.get('target') ?? ''} />}
      <div className="col-span-2 md:w-56">
        <SelectField label="What" name="action" defaultValue={parameters.get('action') ?? ''}>
          <option value="">Everything</option>
          {kinds.map((kind) => <option key={kind} value={kind}>{KIND_WORDS[kind] ?? kind}</option>)}
        </SelectField>
      </div>
      <TextField label="From" type="date" name="from" defaultValue={parameters.get('from') ?? ''} />
      <TextField label="To" type="date" name="to" defaultValue={parameters.get('to') ?? ''} />
      <div className="col-span-2 flex gap-2">
        <Button type="submit" look="primary" className="h-10">Show</Button>
        {filtered && <Link to="/audit" className={`${buttonClass('quiet')} h-10`}>Show everything</Link>}
      </div>
    </Form>
  );
}
