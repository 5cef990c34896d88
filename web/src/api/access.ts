// What the signed-in person may do, from the permissions the server sent. The
// server decides; this only spares people buttons that would be refused.
import { useSession } from './session';

/** The permissions that the console asks about; their names are the server's. */
export type PermissionName =
  | 'user:read'
  | 'user:write'
  | 'customer:read'
  | 'customer:write'
  | 'customer:import'
  | 'do_not_call:read'
  | 'do_not_call:write'
  | 'do_not_call:system'
  | 'campaign:read'
  | 'campaign:write'
  | 'campaign:run'
  | 'queue:read'
  | 'queue:write'
  | 'queue:remove_place'
  | 'voicemail:listen'
  | 'call:read'
  | 'call:listen'
  | 'call:whisper'
  | 'call:barge'
  | 'call:take_over'
  | 'call:hang_up'
  | 'agent:set_state'
  | 'agent:forward'
  | 'recording:listen'
  | 'report:read'
  | 'report:export'
  | 'live:read'
  | 'gateway:read'
  | 'gateway:write';

/** Whether the signed-in person holds a permission, in whatever scope. */
export function useMay(permission: PermissionName): boolean {
  return useSession((session) => session.me?.permissions[permission] !== undefined);
}
