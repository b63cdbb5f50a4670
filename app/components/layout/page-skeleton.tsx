/** The shape of a page while a slow one is on its way. */
import { Skeleton } from '../ui/skeleton.tsx';

export function PageSkeleton() {
  return (
    <div role="status" aria-label="Loading the page" className="mx-auto flex w-full max-w-[1280px] flex-col gap-5 px-4 py-5 md:gap-6 md:px-6 md:py-6 xl:px-8">
      <Skeleton className="h-7 w-48" />
      <div className="grid grid-cols-2 gap-4 md:grid-cols-3">
        {Array.from({ length: 3 }, (_, index) => <Skeleton key={index} className="h-48 rounded-card max-md:last:hidden" />)}
      </div>
      <Skeleton className="h-80 rounded-card" />
    </div>
  );
}
