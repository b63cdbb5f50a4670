/** Connects a platform: its fields are drawn from what the platform asks for. */
import { Form } from '@remix-run/react';
import { useState } from 'react';
import type { PlatformView } from '#operations/integrations';
import { FormMessage } from '../forms/form-message.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { SelectField, TextField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';

export function IntegrationForm({ platforms, result, busy }: { platforms: PlatformView[]; result: FormResult | undefined; busy: boolean }) {
  const [chosen, setChosen] = useState(platforms[0]?.platform ?? '');
  const platform = platforms.find((candidate) => candidate.platform === chosen);
  if (!platform) return null;
  return (
    <Card title="Connect a shop" note="You get an address for its webhooks. New orders then count within a second.">
      <Form method="post" className="flex max-w-xl flex-col gap-4">
        <FormMessage result={result} />
        <SelectField label="Platform" name="platform" value={chosen} onChange={(event) => setChosen(event.target.value)} error={result?.errors.platform}>
          {platforms.map((option) => <option key={option.platform} value={option.platform}>{option.name}</option>)}
        </SelectField>
        <TextField label="Name" name="name" defaultValue={platform.name} key={platform.platform} maxLength={120} help="Only for you, to tell several shops apart" error={result?.errors.name} />
        {platform.settings.map((field) => (
          <TextField
            key={`${platform.platform}-${field.key}`}
            label={field.required ? field.label : `${field.label} (optional)`}
            name={`settings.${field.key}`}
            type={field.kind === 'secret' ? 'password' : field.kind}
            autoComplete="off"
            required={field.required}
            placeholder={field.placeholder}
            help={field.help}
            error={result?.errors[`settings.${field.key}`] ?? result?.errors[field.key]}
          />
        ))}
        <div><Button type="submit" look="primary" aria-disabled={busy}>{busy ? 'Connecting…' : `Connect ${platform.name}`}</Button></div>
      </Form>
    </Card>
  );
}
