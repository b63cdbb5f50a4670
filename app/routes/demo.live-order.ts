/** "Send a live order" of the demo shop: one signed webhook, posted to the shop's own address. */
import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import { prepareLiveOrder } from '#operations/demo-order';
import { refused } from '../components/forms/form-result.ts';
import { requireContext } from '../context.server.ts';
import { readForm } from '../form.server.ts';

export async function action(args: ActionFunctionArgs): Promise<{ message: string }> {
  const { ctx } = await requireContext(args);
  await readForm(args, []);
  if (args.context.edge.settings.appEnv === 'production') throw new Response('The demo shop is not here', { status: 404 });
  try {
    const order = await prepareLiveOrder(ctx);
    const address = new URL(order.path, args.request.url);
    const answer = await args.context.edge.deliver(new Request(address, { method: 'POST', headers: order.headers, body: order.body }));
    return answer.ok
      ? { message: `${order.buyer} just ordered for ${order.total} ${order.currency} (${order.label}). Watch the dashboard.` }
      : { message: 'The order was refused; try once more.' };
  } catch (error) {
    return { message: refused(error).message ?? '' };
  }
}
