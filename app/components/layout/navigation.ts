/** The product's pages in the order of the rail. */
import { BrainCircuit, ChartNoAxesColumn, ChartScatter, CircleUser, Combine, FileUp, Grid3x3, Grip, KeyRound, ListChecks, ListFilter, MoonStar, MousePointerClick, Plug, Repeat, Route, Scale, ScrollText, Settings, ShieldAlert, ShieldCheck, TrendingUp, UserLock, Users, UsersRound, type LucideIcon } from 'lucide-react';

export interface NavigationItem {
  to: string;
  label: string;
  icon: LucideIcon;
  /** Stands in the phone's bottom bar; the others are behind "More". */
  primary: boolean;
}

export const NAVIGATION: readonly NavigationItem[] = [
  { to: '/', label: 'Dashboard', icon: ChartNoAxesColumn, primary: true },
  { to: '/customers', label: 'Customers', icon: Users, primary: true },
  { to: '/segments', label: 'Segments', icon: ListFilter, primary: true },
  { to: '/actions', label: 'Actions', icon: ListChecks, primary: false },
  { to: '/cohorts', label: 'Cohorts', icon: Grid3x3, primary: false },
  { to: '/rfm', label: 'RFM', icon: Grip, primary: false },
  { to: '/forecast', label: 'Forecast', icon: TrendingUp, primary: false },
  { to: '/discover', label: 'Discover', icon: ChartScatter, primary: false },
  { to: '/subscriptions', label: 'Subscriptions', icon: Repeat, primary: false },
  { to: '/events', label: 'Events', icon: MousePointerClick, primary: false },
  { to: '/compare', label: 'Compare', icon: Scale, primary: false },
  { to: '/import', label: 'Import', icon: FileUp, primary: true },
  { to: '/integrations', label: 'Integrations', icon: Plug, primary: false },
  { to: '/quality', label: 'Data quality', icon: ShieldCheck, primary: false },
  { to: '/settings', label: 'Settings', icon: Settings, primary: false },
];

interface FurtherPage extends Omit<NavigationItem, 'primary'> {
  /** The page above that it belongs to, and that is lit while it is open. */
  under: string | null;
}

/** Pages reached from one of those above; the search knows them too. */
export const FURTHER_PAGES: readonly FurtherPage[] = [
  { to: '/quality/dead-letters', label: 'Refused records', icon: ShieldAlert, under: '/quality' },
  { to: '/patterns', label: 'Patterns', icon: Route, under: '/discover' },
  { to: '/sales', label: 'Same sale, two platforms', icon: Combine, under: '/quality' },
  { to: '/models', label: 'Models', icon: BrainCircuit, under: '/settings' },
  { to: '/nights', label: 'Nights', icon: MoonStar, under: '/settings' },
  { to: '/privacy', label: 'Privacy requests', icon: UserLock, under: '/settings' },
  { to: '/account', label: 'Your account', icon: CircleUser, under: null },
  { to: '/team', label: 'Team and roles', icon: UsersRound, under: '/settings' },
  { to: '/api-keys', label: 'API keys', icon: KeyRound, under: '/settings' },
  { to: '/audit', label: 'Audit log', icon: ScrollText, under: '/settings' },
];

const isAt = (pathname: string, to: string): boolean => pathname === to || (to !== '/' && pathname.startsWith(`${to}/`));

/** How a page of the navigation is lit: `page` on itself and what lies below its address, `true` on a page that belongs to it. */
export function currentOf({ to }: Pick<NavigationItem, 'to'>, pathname: string): 'page' | 'true' | undefined {
  if (isAt(pathname, to)) return 'page';
  return FURTHER_PAGES.some((page) => page.under === to && isAt(pathname, page.to)) ? 'true' : undefined;
}
