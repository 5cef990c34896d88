// The first page after signing in: the one this person works on.
import { Navigate } from 'react-router';
import { usePages } from './pages';

/** Goes on to the first page of the menu. */
export function Home() {
  const [first] = usePages();
  return first ? <Navigate to={first.path} replace /> : null;
}
