// The recording of a call. A file of its own, so that it is loaded when one is heard.
import { AudioPlayer } from '../../parts/AudioPlayer';

interface Props {
  recordingId: string;
  speaker?: string | undefined;
}

/** Both sides, a channel each; or one speaker alone, under their name. */
export default function Player({ recordingId, speaker }: Props) {
  return (
    <AudioPlayer
      path={`/api/v1/recordings/${recordingId}/audio`}
      name={`${recordingId}.wav`}
      twoSides={speaker === undefined}
      speaker={speaker}
    />
  );
}
