// Keeps the place of what is still being read, so that nothing jumps when it comes.
interface SkeletonProps {
  readonly height?: number;
  readonly lines?: number;
}

export function Skeleton({ height = 18, lines = 1 }: SkeletonProps) {
  return (
    <div class="stack tight" aria-hidden="true">
      {Array.from({ length: lines }, (_, at) => (
        <div key={at} class="skeleton" style={{ height: `${height}px` }} />
      ))}
    </div>
  );
}
