// A file of sound: its waveforms, play and pause, speed, download. The file is
// fetched with the access token, so it is never a plain address.
import { DownloadOutlined, PauseOutlined, PlayCircleFilled } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import WaveSurfer from 'wavesurfer.js';
import { fetchFile, saveAs } from '../api/client';
import { duration } from '../base/format';
import { QueryGate } from './QueryGate';

const SPEEDS = [0.75, 1, 1.25, 1.5, 2];

interface WaveformProps {
  audio: Blob;
  name: string;
  /** Whether customer and agent have a channel each. */
  twoSides: boolean;
  /** Who speaks, of one person alone. */
  speaker?: string | undefined;
}

const SPEAKER = { waveColor: '#bcaee3', progressColor: '#6a48c0' };

function Waveform({ audio, name, twoSides, speaker }: WaveformProps) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const wave = useRef<WaveSurfer | null>(null);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(0);
  const [speed, setSpeed] = useState(1);
  const [broken, setBroken] = useState(false);

  useEffect(() => {
    if (!box.current) return;
    const player = WaveSurfer.create({
      container: box.current,
      height: 48,
      cursorColor: '#13233d',
      barWidth: 2,
      barGap: 1,
      normalize: true,
      ...(speaker === undefined
        ? {
            splitChannels: [
              { waveColor: '#a9c0ee', progressColor: '#2457c5' },
              { waveColor: '#f0c8a4', progressColor: '#d0681d' },
            ],
          }
        : SPEAKER),
    });
    player.on('ready', (seconds) => setLength(seconds));
    player.on('timeupdate', (seconds) => setAt(seconds));
    player.on('play', () => setPlaying(true));
    player.on('pause', () => setPlaying(false));
    player.on('finish', () => setPlaying(false));
    player.on('error', () => setBroken(true));
    // A destroyed player ends its loading with an error that means nothing.
    player.loadBlob(audio).catch(() => undefined);
    wave.current = player;
    return () => {
      player.unAll();
      player.destroy();
      wave.current = null;
    };
  }, [audio, speaker]);

  if (broken) return <span className="quiet">{t('calls.unplayable')}</span>;
  return (
    <div className="stack" style={{ gap: 10 }}>
      {twoSides && (
        <div className="line quiet" style={{ fontSize: 13 }}>
          <span style={{ color: '#2457c5' }}>■ {t('calls.customerSide')}</span>
          <span style={{ color: '#d0681d' }}>■ {t('calls.agentSide')}</span>
        </div>
      )}
      {speaker !== undefined && (
        <div className="line quiet" style={{ fontSize: 13 }}>
          <span style={{ color: SPEAKER.progressColor }}>■ {speaker}</span>
        </div>
      )}
      <div ref={box} />
      <div className="line">
        <Button
          type="primary"
          shape="circle"
          aria-label={t(playing ? 'calls.pausePlayback' : 'calls.play')}
          icon={playing ? <PauseOutlined /> : <PlayCircleFilled />}
          onClick={() => void wave.current?.playPause()}
        />
        <span className="figure">
          {duration(at * 1000)} / {duration(length * 1000)}
        </span>
        <Segmented
          size="small"
          style={{ marginLeft: 'auto' }}
          value={speed}
          options={SPEEDS.map((value) => ({ value, label: `${value}×` }))}
          onChange={(value) => {
            setSpeed(value);
            wave.current?.setPlaybackRate(value, true);
          }}
        />
        <Button
          type="text"
          icon={<DownloadOutlined />}
          aria-label={t('common.download')}
          onClick={() => saveAs(audio, name)}
        />
      </div>
    </div>
  );
}

interface Props {
  /** The address of the file. */
  path: string;
  /** What it is called when it is saved. */
  name: string;
  twoSides?: boolean;
  /** Who speaks, of one person alone. */
  speaker?: string | undefined;
}

/** Fetches the file and shows it. */
export function AudioPlayer({ path, name, twoSides = false, speaker }: Props) {
  const audio = useQuery({
    queryKey: ['audio', path],
    queryFn: () => fetchFile(path),
    staleTime: Infinity,
    gcTime: 0,
  });
  return (
    <QueryGate query={audio}>
      {(blob) => <Waveform audio={blob} name={name} twoSides={twoSides} speaker={speaker} />}
    </QueryGate>
  );
}
