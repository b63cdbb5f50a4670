/** Any address that names no page. */
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { ErrorPage } from '../components/layout/error-page.tsx';

export const meta: MetaFunction = () => [{ title: 'Nothing here · Perennial' }];

export function loader(_args: LoaderFunctionArgs): never {
  throw new Response(null, { status: 404 });
}

export default function Nothing() {
  return null;
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
