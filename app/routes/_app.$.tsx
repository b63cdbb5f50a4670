/** Any address that names no page. */
import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { ErrorPage } from '../components/layout/error-page.tsx';

export function loader(_args: LoaderFunctionArgs): never {
  throw new Response(null, { status: 404 });
}

export default function Nothing() {
  return null;
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
