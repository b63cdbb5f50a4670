/** "Send a live order" of the demo shop: one signed webhook, posted to the shop's own address. */
import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import { prepareLiveOrder } from '#operations/demo-order';
import { requireContext } from '../context.server.ts';
import { answer } from '../page-error.server.ts';

export async function action(args: ActionFunctionArgs): Promise<{ message: string }> {
  const { ctx } = await requireContext(args);
  if (args.context.edge.settings.appEnv === 'production') throw new Response('The demo shop is not here', { status: 404 });
  const order = await answer(args, () => prepareLiveOrder(ctx));
  const address = new URL(order.path, args.request.url);
  const taken = await args.context.edge.deliver(new Request(address, { method: 'POST', headers: order.headers, body: order.body }));
  return taken.ok
    ? { message: `${order.buyer} just ordered for ${order.total} ${order.currency} (${order.label}). Watch the dashboard.` }
    : { message: 'The order was refused; try once more.' };
}
