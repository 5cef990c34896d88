// Keeps people who are not signed in on the sign-in page, and brings them back
// to where they wanted to go. Holds the live connection while signed in.
import { useEffect } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { useSession } from '../api/session';
import { startLive } from '../live/connection';
import { FirstPassword } from './FirstPassword';

/** The pages behind the sign-in. */
export function RequireSession() {
  const me = useSession((session) => session.me);
  const location = useLocation();
  // With a password that must be changed first, the live connection is refused too.
  const userId = me && !me.must_change_password ? me.id : undefined;

  useEffect(() => {
    if (userId !== undefined) return startLive();
    return undefined;
  }, [userId]);

  if (!me) {
    return <Navigate to="/sign-in" replace state={{ from: location.pathname + location.search }} />;
  }
  return me.must_change_password ? <FirstPassword /> : <Outlet />;
}
