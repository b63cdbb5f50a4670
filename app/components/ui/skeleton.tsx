/** Grey shapes of the true size while content is on its way. */
export function Skeleton({ className = 'h-4 w-full' }: { className?: string }) {
  return <span aria-hidden className={`block rounded-control shimmer ${className}`} />;
}

/** Rows of a table at their true height. */
export function SkeletonRows({ rows, columns, rowClass = 'h-10' }: { rows: number; columns: number; rowClass?: string }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={`flex items-center gap-6 border-t border-line px-5 ${rowClass}`}>
          {Array.from({ length: columns }, (_, column) => (
            <Skeleton key={column} className={column === 0 ? 'h-3.5 w-40' : 'ml-auto h-3.5 w-20'} />
          ))}
        </div>
      ))}
    </div>
  );
}
