/** The product's pages in the order of the rail. */
import { BrainCircuit, ChartNoAxesColumn, ChartScatter, CircleUser, Combine, FileUp, Grid3x3, Grip, KeyRound, ListFilter, MoonStar, MousePointerClick, Plug, Repeat, Route, Scale, ScrollText, Settings, ShieldAlert, ShieldCheck, TrendingUp, UserLock, Users, UsersRound, type LucideIcon } from 'lucide-react';

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

/** Pages reached from one of those above; the search knows them too. */
export const FURTHER_PAGES: readonly Omit<NavigationItem, 'primary'>[] = [
  { to: '/quality/dead-letters', label: 'Refused records', icon: ShieldAlert },
  { to: '/patterns', label: 'Patterns', icon: Route },
  { to: '/sales', label: 'Same sale, two platforms', icon: Combine },
  { to: '/models', label: 'Models', icon: BrainCircuit },
  { to: '/nights', label: 'Nights', icon: MoonStar },
  { to: '/privacy', label: 'Privacy requests', icon: UserLock },
  { to: '/account', label: 'Your account', icon: CircleUser },
  { to: '/team', label: 'Team and roles', icon: UsersRound },
  { to: '/api-keys', label: 'API keys', icon: KeyRound },
  { to: '/audit', label: 'Audit log', icon: ScrollText },
];
