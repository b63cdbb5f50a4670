/** What pages and the API get of connected platforms. */
import type { IntegrationHealth } from '#data/integration-health';

export interface IntegrationView {
  id: string;
  platform: string;
  platformName: string;
  name: string;
  /** Path below the app's origin. */
  webhookPath: string;
  topics: string[];
  setup: string[];
  /** Whether what the platform had before can be read, and compared with ours. */
  hasHistory: boolean;
  createdAt: string;
  waiting: number;
  lastReceivedAt: string | null;
  acceptedTotal: number;
  /** When the platform said that the app was removed there; from then on only privacy requests are acted on. */
  uninstalledAt: string | null;
  /** When the platform first greeted the address; null once something has arrived, and for platforms that do not greet. */
  greetedAt: string | null;
  /** What the last look at the platform's side found; null before the first, and where it cannot be asked. */
  health: IntegrationHealth | null;
  /** Whether the platform can be asked. */
  checkable: boolean;
}
