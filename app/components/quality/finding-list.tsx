/** What was found, the most serious first: what it is, what it means, where to go. */
import { Form } from '@remix-run/react';
import { CircleCheck } from 'lucide-react';
import type { AlertView } from '#operations/alerts';
import type { QualityReport } from '#operations/quality';
import { useFormats } from '../../format/use-formats.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { SeverityMark } from './severity.tsx';

interface FindingListProps {
  findings: QualityReport['findings'];
  alerts: AlertView[];
  mayAcknowledge: boolean;
}

export function FindingList({ findings, alerts, mayAcknowledge }: FindingListProps) {
  const { time } = useFormats();
  const alertOf = (rule: string | null, subject: string): AlertView | undefined => alerts.find((alert) => alert.rule === rule && alert.subject === subject);
  const serious = findings.filter((finding) => finding.severity !== 'info').length;
  const title = serious === 0 ? 'Nothing needs you' : serious === 1 ? 'One thing needs you' : `${serious} things need you`;
  return (
    <Card flush title={title} note={serious === 0 ? 'Everything that comes in is counted as it should be' : 'The most serious first'}>
      {findings.length === 0 ? (
        <p className="flex items-center gap-2.5 border-t border-line px-5 py-4"><CircleCheck aria-hidden className="size-4.5 text-positive" />All sources deliver at their usual pace, and nothing stands out in your orders.</p>
      ) : (
        <ul>
          {findings.map((finding) => {
            const alert = alertOf(finding.rule, finding.subject);
            return (
              <li key={`${finding.rule} ${finding.subject}`} className="flex gap-3 border-t border-line px-5 py-4">
                <SeverityMark severity={finding.severity} />
                <div className="min-w-0 grow">
                  <h3 className="font-strong text-pretty">{finding.title}</h3>
                  <p className="mt-0.5 max-w-3xl text-13 text-muted text-pretty">{finding.meaning}</p>
                  {alert !== undefined && (
                    <p className="mt-1 text-12 text-muted">Since {time(alert.raisedAt)}{alert.acknowledgedAt !== null && `, seen ${time(alert.acknowledgedAt)}`}</p>
                  )}
                  <div className="mt-2 flex flex-wrap gap-2 empty:hidden">
                    {finding.link !== null && <ButtonLink small to={finding.link.to}>{finding.link.label}</ButtonLink>}
                    {alert !== undefined && alert.acknowledgedAt === null && mayAcknowledge && (
                      <Form method="post" preventScrollReset>
                        <input type="hidden" name="id" value={alert.id} />
                        <Button small look="quiet" type="submit" name="intent" value="acknowledge" aria-label={`I have seen it: ${finding.title}`}>I have seen it</Button>
                      </Form>
                    )}
                  </div>
                </div>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}
