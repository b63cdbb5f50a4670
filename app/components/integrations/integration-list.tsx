/** The connected platforms and whether anything arrives from them. */
import { Link } from '@remix-run/react';
import { ChevronRight, TriangleAlert } from 'lucide-react';
import type { IntegrationView } from '#operations/integration-views';
import { useFormats } from '../../format/use-formats.tsx';
import { Card } from '../ui/card.tsx';

export function IntegrationList({ integrations }: { integrations: IntegrationView[] }) {
  const { count, time } = useFormats();
  return (
    <Card flush title="Connected">
      <ul>
        {integrations.map((integration) => (
          <li key={integration.id} className="border-t border-line">
            <Link to={`/integrations/${integration.id}`} prefetch="intent" className="flex items-center gap-4 px-5 py-3.5 transition-colors hover:bg-sunken">
              <span className="min-w-0 grow">
                <span className="block truncate font-strong">{integration.name}</span>
                <span className="figures block text-13 text-muted">
                  {integration.platformName} · {integration.uninstalledAt !== null ? `app removed there ${time(integration.uninstalledAt)}` : integration.lastReceivedAt === null ? (integration.greetedAt === null ? 'nothing received yet' : 'connected, waiting for the first order') : `last received ${time(integration.lastReceivedAt)}`}
                </span>
                {troubleOf(integration) !== null && (
                  <span className="mt-0.5 flex items-center gap-1.5 text-13"><TriangleAlert aria-hidden className="size-4 shrink-0 text-warning" />{troubleOf(integration)}</span>
                )}
              </span>
              <span className="figures shrink-0 text-right text-13 text-muted">
                <span className="block">{count(integration.acceptedTotal)} accepted</span>
                {integration.waiting > 0 && <span className="block">{count(integration.waiting)} waiting</span>}
              </span>
              <ChevronRight aria-hidden className="size-4 shrink-0 text-muted" />
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** In a few words; its page says what to do. */
function troubleOf({ health }: IntegrationView): string | null {
  if (health === null) return null;
  if (health.state === 'disabled') return 'A webhook is off';
  if (health.state === 'missing') return 'A webhook is missing';
  return health.gap === null ? null : 'Orders have not arrived';
}
