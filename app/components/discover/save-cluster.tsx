/** Keeps a group as a live segment, as a rule or by its nearest centre; or looks inside it. */
import { Form } from '@remix-run/react';
import type { DiscoveryCluster } from '#operations/discovery-views';
import { useFormats } from '../../format/use-formats.tsx';
import { SelectField, TextField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { fidelityWords } from './words.ts';

export function SaveCluster({ cluster, saving }: { cluster: DiscoveryCluster; saving: boolean }) {
  const formats = useFormats();
  const { nearestFidelity, rule } = cluster;
  return (
    <Form method="post" className="flex flex-col gap-3">
      <input type="hidden" name="cluster" value={cluster.label} />
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField label="Name of the segment" name="name" defaultValue={cluster.name} maxLength={100} />
        <SelectField label="Keep it" name="as" defaultValue={rule.length > 0 ? 'rule' : 'nearest'}>
          {rule.length > 0 && <option value="rule">as the rule above</option>}
          {nearestFidelity !== null && <option value="nearest">by its nearest centre</option>}
        </SelectField>
      </div>
      {nearestFidelity !== null && <p className="text-12 text-muted">By the nearest centre: {fidelityWords(nearestFidelity, formats)} A rule can be read and changed; the centre follows the group as it was found.</p>}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" small look="primary" name="intent" value="save" aria-disabled={saving}>Keep as a segment</Button>
        <Button type="submit" small name="intent" value="inside" aria-disabled={saving}>Look inside</Button>
      </div>
    </Form>
  );
}
