/** What each role may do: roles across, permissions down, in plain words. */
import { Check } from 'lucide-react';
import { Fragment } from 'react';
import type { PermissionView } from '#operations/permissions';
import { Card } from '../ui/card.tsx';
import { ROLES, roleWords } from './roles.tsx';

export function PermissionTable({ permissions }: { permissions: PermissionView[] }) {
  const areas = [...new Set(permissions.map((one) => one.area))];
  return (
    <Card flush title="What each role may do" note="Each role may do what the one before it may.">
      <div className="relative overflow-x-auto">
        <table className="w-full text-14">
          <caption className="sr-only">Permissions by role</caption>
          <thead>
            <tr className="border-t border-line">
              <th scope="col" className="h-9 px-3 pl-5 text-left text-12 font-strong text-muted">May…</th>
              {ROLES.map((role) => <th key={role} scope="col" className="h-9 px-1 text-center text-12 font-strong text-muted sm:w-24">{roleWords(role)}</th>)}
            </tr>
          </thead>
          <tbody>
            {areas.map((area) => (
              <Fragment key={area}>
                <tr className="border-t border-line bg-sunken"><th scope="rowgroup" colSpan={ROLES.length + 1} className="h-8 px-3 pl-5 text-left text-12 font-strong">{area}</th></tr>
                {permissions.filter((one) => one.area === area).map((one) => (
                  <tr key={one.permission} className="border-t border-line">
                    <th scope="row" className="px-3 py-2 pl-5 text-left font-normal first-letter:uppercase">{one.words}</th>
                    {ROLES.map((role) => (
                      <td key={role} className="text-center">
                        {one.roles.includes(role) ? <Check aria-label="yes" className="inline size-4 text-positive" /> : <span className="text-muted"><span aria-hidden>–</span><span className="sr-only">no</span></span>}
                      </td>
                    ))}
                  </tr>
                ))}
              </Fragment>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
