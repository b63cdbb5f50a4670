/** The way to who may do what, and who did what. */
import { ButtonLink } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';

export function AccessCard({ mayManageKeys, mayAudit }: { mayManageKeys: boolean; mayAudit: boolean }) {
  return (
    <Card title="Team and access" note="Who may come in, what they may do, and what they did.">
      <div className="flex flex-wrap gap-2">
        <ButtonLink to="/team" small>Team and roles</ButtonLink>
        {mayManageKeys && <ButtonLink to="/api-keys" small>API keys</ButtonLink>}
        {mayAudit && <ButtonLink to="/audit" small>Audit log</ButtonLink>}
      </div>
    </Card>
  );
}
