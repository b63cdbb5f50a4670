/** The document: language, theme from the first byte, fonts, styles, and the last error page. */
import type { LinksFunction, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Links, Meta, Outlet, Scripts, ScrollRestoration, useRouteLoaderData } from '@remix-run/react';
import latinFont from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';
import type { ReactNode } from 'react';
import styles from './app.css?url';
import { ErrorPage } from './components/layout/error-page.tsx';
import { localeOf } from './format/locale.ts';
import { useNonce } from './nonce.ts';
import { themeFromRequest } from './theme/theme.server.ts';

export const links: LinksFunction = () => [
  { rel: 'preload', href: latinFont, as: 'font', type: 'font/woff2', crossOrigin: 'anonymous' },
  { rel: 'stylesheet', href: styles },
  { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
];

export const meta: MetaFunction = () => [{ title: 'Perennial' }];

export function loader({ request, context }: LoaderFunctionArgs) {
  return {
    requestId: context.edge.requestId,
    theme: themeFromRequest(request),
    locale: localeOf(request.headers.get('accept-language')),
  };
}

/** Before any module: zod would try `new Function`, which our policy refuses and the browser then reports. */
const ZOD_WITHOUT_EVAL = 'globalThis.__zod_globalConfig={jitless:true}';

export function Layout({ children }: { children: ReactNode }) {
  const nonce = useNonce();
  const data = useRouteLoaderData<typeof loader>('root');
  return (
    <html lang="en" data-theme={data?.theme ?? 'system'} suppressHydrationWarning>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="theme-color" content="#1b7a56" />
        <script nonce={nonce} suppressHydrationWarning>{ZOD_WITHOUT_EVAL}</script>
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

export default function App() {
  return <Outlet />;
}

export function ErrorBoundary() {
  return <main><ErrorPage /></main>;
}
