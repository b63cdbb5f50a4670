/** What to look for, in whom, and how. */
import { Form } from '@remix-run/react';
import { useState } from 'react';
import { METHODS, type Method } from '#core/clustering/discover';
import { DISCOVERY_FEATURES, FEATURE_KINDS } from '#core/discovery/features';
import { useFormats } from '../../format/use-formats.tsx';
import { CheckField, SelectField, TextField } from '../forms/field.tsx';
import { FormMessage } from '../forms/form-message.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { DEFAULT_FEATURES, methodMeaning, methodName } from './words.ts';

interface DiscoverFormProps {
  segments: readonly { id: string; name: string; members: number }[];
  /** Chosen beforehand. */
  segment: string | null;
  mayStart: boolean;
  result: FormResult | undefined;
  saving: boolean;
}

export function DiscoverForm({ segments, segment, mayStart, result, saving }: DiscoverFormProps) {
  const errors = result?.errors ?? {};
  const { count } = useFormats();
  const [method, setMethod] = useState<Method>('kmeans');
  return (
    <Card title="Look for groups" note="Customers who are alike in what you choose come together; you see what sets each group apart before you keep any.">
      <Form method="post" className="flex flex-col gap-5">
        <FormMessage result={result} />
        <fieldset disabled={!mayStart} className="flex min-w-0 flex-col gap-5">
          <legend className="sr-only">Discovery</legend>
          <fieldset className="flex min-w-0 flex-col gap-2" aria-describedby={errors.features === undefined ? undefined : 'features-error'}>
            <legend className="mb-1.5 text-13 font-strong">Alike in</legend>
            <div className="grid gap-2 sm:grid-cols-2">
              {DISCOVERY_FEATURES.map((name) => <CheckField key={name} label={FEATURE_KINDS[name].label} name="feature" value={name} defaultChecked={DEFAULT_FEATURES.includes(name)} />)}
            </div>
            {errors.features !== undefined && <p id="features-error" className="text-13 text-negative">{errors.features}</p>}
          </fieldset>
          <div className="grid gap-5 sm:grid-cols-2">
            <SelectField label="Method" name="method" value={method} onChange={(event) => setMethod(METHODS.find((one) => one === event.target.value) ?? 'kmeans')} error={errors.method} help={methodMeaning(method)}>
              {METHODS.map((one) => <option key={one} value={one}>{methodName(one)}</option>)}
            </SelectField>
            <TextField label="Number of groups" name="k" inputMode="numeric" placeholder="Suggested" className="sm:max-w-40" error={errors.k} help="Empty: we try 2 to 10 and say why. DBSCAN finds it itself." />
          </div>
          <SelectField label="Among" name="segment" defaultValue={segment ?? ''} error={errors.within}>
            <option value="">All customers with orders</option>
            {segments.map(({ id, name, members }) => <option key={id} value={id}>{name} ({count(members)})</option>)}
          </SelectField>
        </fieldset>
        {mayStart
          ? <div><Button type="submit" look="primary" name="intent" value="start" aria-disabled={saving}>{saving ? 'Starting…' : 'Look for groups'}</Button></div>
          : <p className="text-13 text-muted">Your role sees what was found; an analyst, manager or admin of your company looks for more.</p>}
      </Form>
    </Card>
  );
}
