/** The signed-in frame: rail, top bar, one live socket, and the page in between. */
import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { Outlet, useLoaderData, useLocation, useRouteLoaderData } from '@remix-run/react';
import { unseenAlerts } from '#operations/alerts';
import { currentRebuild, hindranceOf } from '#operations/rebuild';
import { requireContext } from '../context.server.ts';
import { BottomBar } from '../components/layout/bottom-bar.tsx';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { LiveProvider } from '../components/layout/live-provider.tsx';
import { LoadingBar } from '../components/layout/loading-bar.tsx';
import { PageSkeleton } from '../components/layout/page-skeleton.tsx';
import { RecountBanner } from '../components/layout/recount-banner.tsx';
import { RAIL_COOKIE, Rail } from '../components/layout/rail.tsx';
import { TopBar } from '../components/layout/top-bar.tsx';
import { useSlowPage } from '../components/layout/use-slow-page.ts';
import { FormatsProvider } from '../format/use-formats.tsx';
import type { loader as rootLoader } from '../root.tsx';

export async function loader(args: LoaderFunctionArgs) {
  const { ctx, user, company } = await requireContext(args);
  const [rebuild, unseen] = await Promise.all([currentRebuild(ctx), unseenAlerts(ctx)]);
  const railCollapsed = (args.request.headers.get('cookie') ?? '').includes(`${RAIL_COOKIE}=collapsed`);
  return { user, company, railCollapsed, recount: { progress: rebuild?.progress ?? null, hindrance: hindranceOf(rebuild) }, unseen };
}

export default function SignedIn() {
  const { user, company, railCollapsed, recount, unseen } = useLoaderData<typeof loader>();
  const root = useRouteLoaderData<typeof rootLoader>('root');
  const { pathname } = useLocation();
  const slow = useSlowPage();
  return (
    <FormatsProvider locale={root?.locale ?? 'en-GB'} currency={company.currency} timeZone={company.timeZone}>
      <a href="#content" className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-control focus:bg-surface focus:px-3 focus:py-2">Skip to the content</a>
      <LoadingBar />
      <LiveProvider>
        {({ status, lastChangeAt }) => (
          <div className="flex min-h-dvh">
            <Rail collapsedAtFirst={railCollapsed} />
            <div className="flex min-w-0 grow flex-col">
              <TopBar company={company} user={user} theme={root?.theme ?? 'system'} status={status} lastChangeAt={lastChangeAt} withRange={pathname === '/'} unseen={unseen} />
              <RecountBanner loaded={recount} />
              <main id="content" tabIndex={-1} className="grow pb-20 outline-none md:pb-8">
                {slow ? <PageSkeleton /> : <Outlet />}
              </main>
            </div>
            <BottomBar />
          </div>
        )}
      </LiveProvider>
    </FormatsProvider>
  );
}

export function ErrorBoundary() {
  return <main><ErrorPage /></main>;
}
