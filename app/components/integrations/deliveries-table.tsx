/** The last deliveries of a platform and what became of each. */
import { CircleCheck, CircleDashed, CircleMinus, TriangleAlert, type LucideIcon } from 'lucide-react';
import { Fragment } from 'react';
import type { listDeliveries } from '#operations/integrations';
import { useFormats } from '../../format/use-formats.tsx';
import { Card } from '../ui/card.tsx';

export type Delivery = Awaited<ReturnType<typeof listDeliveries>>[number];

const STATES: Record<Delivery['state'], { words: string; icon: LucideIcon; className: string }> = {
  waiting: { words: 'Waiting', icon: CircleDashed, className: 'text-muted' },
  processed: { words: 'Counted', icon: CircleCheck, className: 'text-positive' },
  ignored: { words: 'Not needed', icon: CircleMinus, className: 'text-muted' },
  dead_letter: { words: 'Could not be read', icon: TriangleAlert, className: 'text-warning' },
};

export function DeliveriesTable({ deliveries }: { deliveries: Delivery[] }) {
  const { time, decimal } = useFormats();
  const head = 'h-9 px-3 text-12 font-strong text-muted';
  return (
    <Card flush title="Last deliveries" note="Newest first; each is safe on disk before the platform gets its answer">
      {deliveries.length === 0 ? (
        <p className="border-t border-line px-5 py-8 text-muted">Nothing has arrived yet. Send a test notification from the platform: it appears here.</p>
      ) : (
        <div className="relative max-h-[40rem] overflow-auto rounded-b-card">
          <table className="figures w-full text-14">
            <caption className="sr-only">Last deliveries, newest first</caption>
            <thead className="sticky top-0 bg-surface">
              <tr className="border-t border-line">
                <th scope="col" className={`${head} pl-5`}>Received</th>
                <th scope="col" className={head}>Topic</th>
                <th scope="col" className={head}>State</th>
                <th scope="col" className={`${head} text-right max-md:hidden`}>Size</th>
                <th scope="col" className={`${head} pr-5 max-2xl:hidden`}>Delivery</th>
              </tr>
            </thead>
            <tbody>
              {deliveries.map((delivery) => {
                const { words, icon: Icon, className } = STATES[delivery.state];
                return (
                  <tr key={`${delivery.deliveryId}-${delivery.receivedAt}`} className="h-10 border-t border-line">
                    <td className="py-2 pr-3 pl-5 sm:whitespace-nowrap">{time(delivery.receivedAt)}</td>
                    <td className="px-3 py-2 font-mono text-12 wrap-break-word sm:min-w-40"><Topic name={delivery.topic} /></td>
                    <td className="px-3 py-2">
                      <span className="inline-flex items-center gap-1.5 sm:whitespace-nowrap"><Icon aria-hidden className={`size-4 shrink-0 ${className}`} />{words}</span>
                      {delivery.detail !== null && <span className="block max-w-md text-12 text-muted">{delivery.detail}</span>}
                    </td>
                    <td className="px-3 py-2 text-right whitespace-nowrap text-muted max-md:hidden">{decimal(delivery.bytes / 1024)} kB</td>
                    <td className="px-3 py-2 pr-5 max-2xl:hidden"><code className="block max-w-40 truncate font-mono text-12 text-muted" title={delivery.deliveryId}>{delivery.deliveryId}</code></td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

/** On a phone it breaks between its words and not inside them. */
function Topic({ name }: { name: string }) {
  return <>{name.split(/(?<=[/._])/).map((part, place) => <Fragment key={place}>{place > 0 && <wbr />}{part}</Fragment>)}</>;
}
