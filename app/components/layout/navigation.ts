/** The product's pages in the order of the rail. */
import { ChartNoAxesColumn, FileUp, Grid3x3, MousePointerClick, Plug, Repeat, Scale, Settings, ShieldCheck, Users, type LucideIcon } from 'lucide-react';

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
  { to: '/cohorts', label: 'Cohorts', icon: Grid3x3, primary: true },
  { to: '/compare', label: 'Compare', icon: Scale, primary: false },
  { to: '/subscriptions', label: 'Subscriptions', icon: Repeat, primary: false },
  { to: '/events', label: 'Events', icon: MousePointerClick, primary: false },
  { to: '/import', label: 'Import', icon: FileUp, primary: true },
  { to: '/integrations', label: 'Integrations', icon: Plug, primary: false },
  { to: '/quality', label: 'Data quality', icon: ShieldCheck, primary: false },
  { to: '/settings', label: 'Settings', icon: Settings, primary: false },
];
