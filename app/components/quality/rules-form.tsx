/** What to be told of: each rule on or off, with its settings; drawn from its definition. */
import { Form } from '@remix-run/react';
import type { AlertRuleView } from '#operations/alerts';
import { FormMessage } from '../forms/form-message.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { CheckField, TextField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';

export function RulesForm({ rules, result }: { rules: AlertRuleView[]; result: FormResult | undefined }) {
  return (
    <Card title="What to be told of" note="The bell above every page counts what is found and not yet seen">
      <Form method="post" preventScrollReset className="flex flex-col gap-5">
        <ul className="grid gap-x-8 gap-y-5 lg:grid-cols-2">
          {rules.map((rule) => (
            <li key={rule.name} className="flex min-w-0 flex-col gap-2">
              <CheckField name={`${rule.name}.enabled`} defaultChecked={rule.enabled} label={rule.title} help={rule.when} />
              {rule.settings.length > 0 && (
                <div className="grid gap-3 pl-7.5 sm:grid-cols-2">
                  {rule.settings.map(({ key, label, least, most }) => (
                    <TextField key={key} name={`${rule.name}.${key}`} type="number" inputMode="decimal" step="any" min={least} max={most} required label={label} defaultValue={rule.values[key]} />
                  ))}
                </div>
              )}
            </li>
          ))}
        </ul>
        <FormMessage result={result} />
        <div><Button type="submit" look="primary" name="intent" value="rules">Save the rules</Button></div>
      </Form>
    </Card>
  );
}
