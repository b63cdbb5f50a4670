/** Name and settings of an integration; what is secret is kept unless something new is typed. */
import { Form, useNavigation } from '@remix-run/react';
import type { SettingView } from '#operations/integrations';
import type { FormResult } from '../forms/form-result.ts';
import { TextField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';

export function SettingsCard({ name, settings, result }: { name: string; settings: SettingView[]; result: FormResult | undefined }) {
  const busy = useNavigation().formData?.get('intent') === 'settings';
  return (
    <Card title={<span id="settings">Settings</span>}>
      <Form method="post" className="flex flex-col gap-4">
        <TextField label="Name" name="name" defaultValue={name} maxLength={80} error={result?.errors.name} />
        {settings.map((field) => (
          <TextField
            key={field.key}
            label={field.required ? field.label : `${field.label} (optional)`}
            name={`settings.${field.key}`}
            type={field.kind === 'secret' ? 'password' : 'text'}
            autoComplete="off"
            defaultValue={field.value ?? ''}
            placeholder={field.kind === 'secret' && field.isSet ? 'Kept. Type to replace' : field.placeholder}
            help={field.help}
            error={result?.errors[`settings.${field.key}`]}
          />
        ))}
        <div><Button type="submit" name="intent" value="settings" aria-disabled={busy}>{busy ? 'Saving…' : 'Save settings'}</Button></div>
      </Form>
    </Card>
  );
}
