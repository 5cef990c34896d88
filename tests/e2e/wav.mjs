// Reads just enough of a recording to say what it is.
//
// In: the bytes of a WAV file. Out: its format, its length, and how loud each side is.

import assert from "node:assert/strict";

/** `{channels, rate, bits, ms, loudness}`; the loudness of each channel as root mean square, 0 to 32767. */
export function readWav(bytes) {
  assert.equal(bytes.toString("latin1", 0, 4), "RIFF");
  assert.equal(bytes.toString("latin1", 8, 12), "WAVE");
  let format = null;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const [name, size] = [bytes.toString("latin1", at, at + 4), bytes.readUInt32LE(at + 4)];
    const body = at + 8;
    if (name === "fmt ") {
      format = { coding: bytes.readUInt16LE(body), channels: bytes.readUInt16LE(body + 2), rate: bytes.readUInt32LE(body + 4), bits: bytes.readUInt16LE(body + 14) };
    } else if (name === "data") {
      assert.ok(format, "the format comes before the samples");
      const samples = bytes.subarray(body, Math.min(body + size, bytes.length));
      return { ...format, ms: (1_000 * samples.length) / (format.rate * format.channels * (format.bits / 8)), loudness: loudness(samples, format.channels) };
    }
    at = body + size + (size % 2);
  }
  throw new Error("the file has no samples");
}

function loudness(samples, channels) {
  const sums = new Array(channels).fill(0);
  const count = Math.floor(samples.length / 2 / channels);
  for (let frame = 0; frame < count; frame += 1) {
    for (let channel = 0; channel < channels; channel += 1) sums[channel] += samples.readInt16LE(2 * (frame * channels + channel)) ** 2;
  }
  return sums.map((sum) => Math.sqrt(sum / Math.max(1, count)));
}
