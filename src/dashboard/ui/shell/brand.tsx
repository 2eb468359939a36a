// The name of the product, which leads to the apps.
import { Link } from '../parts/link.tsx';

export function Brand() {
  return (
    <Link to="/apps" look="brand">
      <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="currentColor" />
        <path
          d="M8 10l8 13 8-13M12.5 10l3.5 6 3.5-6"
          fill="none"
          stroke="#fff"
          stroke-width="2.6"
          stroke-linecap="round"
          stroke-linejoin="round"
        />
      </svg>
      Vask
    </Link>
  );
}
