/** Above every page: company, range, freshness, search, account. */
import type { LiveStatus } from '#core/live/client-state';
import type { CompanyView, UserView } from '#operations/company-views';
import type { Theme } from '../../theme/theme.ts';
import { useFormats } from '../../format/use-formats.tsx';
import { AccountMenu } from './account-menu.tsx';
import { AlertBell, type UnseenAlerts } from './alert-bell.tsx';
import { CommandPalette } from './command-palette.tsx';
import { Freshness } from './freshness.tsx';
import { RangePicker } from './range-picker.tsx';

interface TopBarProps {
  company: CompanyView;
  user: UserView;
  theme: Theme;
  status: LiveStatus;
  lastChangeAt: string | null;
  withRange: boolean;
  unseen: UnseenAlerts;
}

export function TopBar({ company, user, theme, status, lastChangeAt, withRange, unseen }: TopBarProps) {
  const { day } = useFormats();
  return (
    <header className="sticky top-0 z-20 flex h-14 items-center gap-3 border-b border-line bg-surface px-4 md:px-6 xl:px-8">
      <p className="min-w-0 truncate font-strong">{company.name}</p>
      {company.analysisDate !== null && (
        <p className="hidden truncate rounded-control bg-warning-soft px-2 py-0.5 text-13 sm:block">As of {day(company.analysisDate)}</p>
      )}
      <div className="ml-auto flex shrink-0 items-center gap-2 md:gap-4">
        <Freshness status={status} lastChangeAt={lastChangeAt} />
        {withRange && <div className="hidden md:block"><RangePicker /></div>}
        <CommandPalette />
        <AlertBell unseen={unseen} />
        <AccountMenu user={user} theme={theme} />
      </div>
    </header>
  );
}
