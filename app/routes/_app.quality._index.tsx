/** Data quality: what needs attention, what came in, how complete it is, what stands out. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useActionData, useLoaderData } from '@remix-run/react';
import { RULE_NAMES } from '#core/quality/alert-rules';
import { acknowledgeAlert, changeAlertRules, listAlertRules, listAlerts } from '#operations/alerts';
import type { RuleChange } from '#operations/alerts';
import { isAllowed } from '#operations/permissions';
import { getQualityReport } from '#operations/quality';
import { requireContext } from '../context.server.ts';
import { refused, saved, textOf } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { CoverageTable } from '../components/quality/coverage-table.tsx';
import { FindingList } from '../components/quality/finding-list.tsx';
import { OddOrders } from '../components/quality/odd-orders.tsx';
import { RulesForm } from '../components/quality/rules-form.tsx';
import { SourceTable } from '../components/quality/source-table.tsx';
import { ButtonLink } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { readForm } from '../form.server.ts';
import { useFormats } from '../format/use-formats.tsx';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Data quality · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return answer(args, async () => {
    const [report, alerts, rules] = await Promise.all([getQualityReport(ctx), listAlerts(ctx), listAlertRules(ctx)]);
    return { report, alerts, rules, mayAcknowledge: isAllowed(ctx.actor, 'alerts:acknowledge'), mayChange: isAllowed(ctx.actor, 'company:write') };
  });
}

export async function action(args: ActionFunctionArgs) {
  const { ctx } = await requireContext(args);
  const form = await readForm(args, ['intent', 'id', ...RULE_NAMES.map((name) => `${name}.`)]);
  try {
    if (form.get('intent') === 'acknowledge') {
      await acknowledgeAlert(ctx, textOf(form, 'id'));
      return saved('Seen.');
    }
    await changeAlertRules(ctx, changesOf(form, await listAlertRules(ctx)));
    return saved('Saved. What is found now was judged by these rules.');
  } catch (error) {
    return refused(error);
  }
}

/** A box that is not ticked is not sent: every rule is read. */
function changesOf(form: FormData, rules: Awaited<ReturnType<typeof listAlertRules>>): RuleChange[] {
  return rules.map((rule) => ({
    rule: rule.name, enabled: form.has(`${rule.name}.enabled`),
    settings: Object.fromEntries(rule.settings.map(({ key }) => [key, Number(form.get(`${rule.name}.${key}`))])),
  }));
}

export default function QualityPage() {
  const { report, alerts, rules, mayAcknowledge, mayChange } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const { time } = useFormats();
  const empty = report.sources.length === 0 && report.coverage.length === 0;
  return (
    <Page
      title="Data quality"
      lead={`Whether your figures can be trusted, as of ${time(report.asOf)}`}
      actions={<div className="flex flex-wrap gap-2"><ButtonLink small to="/quality/dead-letters">Refused records</ButtonLink><ButtonLink small to="/sales">Same sale, two platforms</ButtonLink></div>}
    >
      {empty ? (
        <Card>
          <EmptyState title="Nothing has come in yet" action={<><ButtonLink look="primary" to="/integrations">Connect a platform</ButtonLink><ButtonLink to="/import">Import a file</ButtonLink></>}>
            Once orders arrive, you see here whether any are missing, refused, repeated or incomplete.
          </EmptyState>
        </Card>
      ) : (
        <>
          <FindingList findings={report.findings} alerts={alerts} mayAcknowledge={mayAcknowledge} />
          <SourceTable sources={report.sources} />
          <CoverageTable coverage={report.coverage} />
          <OddOrders report={report} />
        </>
      )}
      {mayChange && <RulesForm rules={rules} result={result} />}
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
