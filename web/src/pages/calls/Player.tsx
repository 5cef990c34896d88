// The recording of a call. A file of its own, so that it is loaded when one is heard.
import { AudioPlayer } from '../../parts/AudioPlayer';

/** Both sides, a channel each. */
export default function Player({ recordingId }: { recordingId: string }) {
  return (
    <AudioPlayer
      path={`/api/v1/recordings/${recordingId}/audio`}
      name={`${recordingId}.wav`}
      twoSides
    />
  );
}
