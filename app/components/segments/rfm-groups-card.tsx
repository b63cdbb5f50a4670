/** Offers the ten named groups of recency and frequency as segments. */
import { Form, Link, useNavigation } from '@remix-run/react';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';

export function RfmGroupsCard({ missing }: { missing: number }) {
  const { formData } = useNavigation();
  const adding = formData?.get('intent') === 'rfm-groups';
  return (
    <Card>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 max-w-2xl">
          <h2 className="text-14 font-strong">The ten RFM groups</h2>
          <p className="text-13 text-pretty text-muted">Champions, loyal, at risk and seven more, by how recently and how often customers bought. Each becomes a live segment that you may change. <Link to="/rfm" className="underline underline-offset-2">See the grid</Link></p>
        </div>
        <Form method="post" action="/segments?index"><Button type="submit" name="intent" value="rfm-groups" aria-disabled={adding}>{adding ? 'Adding…' : missing === 10 ? 'Add the ten groups' : `Add the missing ${missing}`}</Button></Form>
      </div>
    </Card>
  );
}
