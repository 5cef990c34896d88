// Makes spoken announcements and what must not be taken for one, with espeak-ng, as WAV files of 8 kHz.
//
//   node tests/ear/clips.mjs FOLDER
//
// In: espeak-ng and sox on the PATH. Out: FOLDER/reference/CARRIER/MEANING/*.wav as Trunkline loads them;
// FOLDER/known, the same announcements as other lines bring them (through the GSM codec); FOLDER/other/GROUP/*.wav:
// announcements that no reference has, and people who talk, some with the very voice of a carrier. The texts are those
// of carriers in China, with their usual English. The same program version makes the same files.

import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

const folder = process.argv[2];
if (!folder) {
  console.error("node tests/ear/clips.mjs FOLDER");
  process.exit(2);
}

// Voice, speed (words a minute), pitch: one for each carrier, as each has its own speaker.
const CARRIERS = {
  "china-mobile": { zh: ["cmn+f2", 165, 55], en: ["en-us+f2", 150, 55] },
  "china-unicom": { zh: ["cmn+f4", 150, 62], en: ["en-gb+f4", 140, 60] },
  "china-telecom": { zh: ["cmn+f5", 180, 48], en: ["en-us+f5", 160, 48] },
  "china-broadnet": { zh: ["cmn+m3", 160, 45], en: ["en-gb+m3", 145, 45] },
};

// What each carrier says, Chinese and English; some say more than one thing for one meaning.
const ANNOUNCEMENTS = {
  "china-mobile": {
    invalid_number: [["您好，您拨打的号码是空号，请核对后再拨。", "Sorry, the number you dialed does not exist, please check it and dial later."]],
    out_of_service: [["您好，您拨打的电话已停机。", "Sorry, the subscriber you dialed is out of service."]],
    switched_off: [["您好，您拨打的电话已关机。", "Sorry, the subscriber you dialed is power off."]],
    unreachable: [
      ["您好，您拨打的电话暂时无法接通，请稍后再拨。", "Sorry, the subscriber you dialed can not be connected for the moment, please redial later."],
      ["您好，您拨打的电话不在服务区，请稍后再拨。", "Sorry, the subscriber you dialed is not in the service area, please redial later."],
    ],
    busy: [["您好，您拨打的电话正在通话中，请稍后再拨。", "Sorry, the subscriber you dialed is busy now, please redial later."]],
    call_reminder: [["您好，您拨打的用户暂时无法接听，我们将以短信的方式通知机主，谢谢。", "Sorry, your call can not be answered, we will inform the subscriber by short message."]],
    goes_on: [["请不要挂机，您拨打的用户正在通话中。", "Please hold on, the subscriber you dialed is talking."]],
  },
  "china-unicom": {
    invalid_number: [["对不起，您拨打的号码是空号，请查证后再拨。", "Sorry, the number you have dialed is not in service, please check the number and dial again."]],
    out_of_service: [["对不起，您拨打的用户已停机。", "Sorry, the number you have dialed has been suspended."]],
    switched_off: [["对不起，您所拨打的电话已关机。", "Sorry, the phone you dialed is powered off."]],
    unreachable: [["对不起，您所拨打的电话暂时无法接通，请稍后再拨。", "Sorry, the subscriber you dialed can not be reached now, please try again later."]],
    busy: [["对不起，您所拨打的用户正忙，请稍后再拨。", "Sorry, the number you dialed is busy, please dial it later."]],
    call_reminder: [["您好，您所拨打的用户已启用来电提醒业务，系统将用短信通知机主您的来电，请挂机。", "The subscriber has the call reminder service, a message will tell of your call."]],
  },
  "china-telecom": {
    invalid_number: [["您拨的号码不存在，请核对后再拨。", "The number you dialed does not exist."]],
    out_of_service: [["您拨打的用户已暂停服务。", "The subscriber you dialed is out of service temporarily."]],
    switched_off: [["您拨打的用户已关机，请稍后再拨。", "The subscriber you dialed is powered off, please dial later."]],
    unreachable: [["您拨打的用户不在服务区内，请稍后再拨。", "The subscriber you dialed is out of the service area, please dial later."]],
    busy: [["您拨打的用户正在通话中，请稍后再拨。", "The subscriber you dialed is on the phone, please dial later."]],
    call_reminder: [["您拨打的用户现在无法接听您的电话，中国电信已为您发送来电信息，再见。", "Your call has been notified to the subscriber, good bye."]],
  },
  "china-broadnet": {
    invalid_number: [["尊敬的客户您好，您拨打的号码为空号，请核实后再拨。", "Dear customer, the number you dialed is invalid."]],
    out_of_service: [["尊敬的客户您好，您拨打的号码已停机。", "Dear customer, the number you dialed is suspended."]],
    switched_off: [["尊敬的客户您好，您拨打的号码已关机。", "Dear customer, the number you dialed is switched off."]],
    unreachable: [["尊敬的客户您好，您拨打的号码暂时无法接通。", "Dear customer, the number you dialed is not reachable."]],
    busy: [["尊敬的客户您好，您拨打的号码正在通话中。", "Dear customer, the number you dialed is engaged."]],
  },
};

// Announcements that nobody recorded as a reference; each carrier's own voice says them.
const UNKNOWN = [
  "您好，您拨打的用户已设置呼入限制，请稍后再拨。",
  "对不起，您的话费余额不足，请充值后再拨。",
  "您好，您拨打的电话已改号，请查询后再拨。",
  "对不起，您所拨打的用户已将来电转移，请稍候。",
  "尊敬的客户您好，您拨打的号码不方便接听，留言请按一。",
  "您拨打的用户正在忙，请不要挂机，等待请按一，留言请按二。",
  "Sorry, the subscriber you dialed has barred incoming calls, please hang up.",
  "Sorry, the number you dialed has been changed, please ask for the new number.",
  "Dear customer, the number you dialed accepts no calls at this time of the day.",
  "The subscriber you dialed can not take your call, please leave a message after the tone.",
];

const TALK_ZH = [
  "喂，你好，请问是哪一位，我现在在开会，你晚一点再打过来好不好，好的谢谢，再见。",
  "我不需要贷款，也不需要装修，请你们以后不要再打这个号码了，听明白了没有。",
  "您拨打的号码我已经不用了，那个手机早就停机了，你打我新的电话吧，我把号码发给你。",
  "今天天气不错，我们下午去公园走一走，然后在附近的饭店吃晚饭，你觉得怎么样。",
  "我的手机昨天关机了，没有接到你的电话，不好意思，你有什么事情现在可以说。",
  "你好，这里是语音信箱，我现在无法接听电话，请在听到提示音之后留言，我会尽快给您回电话。",
];
const TALK_EN = [
  "Hello, who is this? I am in a meeting right now, could you please call me back in an hour or so, thank you.",
  "The number you dialed is the right one, but my husband is not at home, he will be back in the evening.",
  "You have reached the voice mail of the office, please leave your name and your number after the tone.",
];
// Voices that are nobody's at a carrier, then those of the carriers.
const TALKERS_ZH = [["cmn", 170, 50], ["cmn+m1", 190, 40], ["cmn+f3", 175, 70], ["cmn+m7", 140, 30], ["yue", 160, 50], ["cmn+f2", 165, 55], ["cmn+f4", 150, 62], ["cmn+m3", 160, 45]];
const TALKERS_EN = [["en-us", 170, 50], ["en-gb+f1", 160, 60], ["en-us+f2", 150, 55], ["en-gb-scotland+m4", 175, 40]];

const scratch = join(folder, "scratch.wav");
rmSync(folder, { recursive: true, force: true });

let made = 0;
for (const [carrier, meanings] of Object.entries(ANNOUNCEMENTS)) {
  for (const [meaning, texts] of Object.entries(meanings)) {
    texts.forEach(([zh, en], n) => {
      const pieces = [say(CARRIERS[carrier].zh, zh), say(CARRIERS[carrier].en, en)];
      const reference = join(folder, "reference", carrier, meaning, `${n + 1}.wav`);
      join_up(pieces, reference);
      through_gsm(reference, join(folder, "known", "gsm", carrier, meaning, `${n + 1}.wav`));
      pieces.forEach((piece) => rmSync(piece));
    });
  }
}
for (const [carrier, voice] of Object.entries(CARRIERS)) {
  UNKNOWN.forEach((text, n) => to_line(say(/[a-z]/.test(text) ? voice.en : voice.zh, text), join(folder, "other", "unknown announcement", `${carrier}-${n + 1}.wav`)));
}
TALKERS_ZH.forEach((voice, v) => TALK_ZH.forEach((text, n) => to_line(say(voice, text), join(folder, "other", "talk, Chinese", `${v + 1}-${n + 1}.wav`))));
TALKERS_EN.forEach((voice, v) => TALK_EN.forEach((text, n) => to_line(say(voice, text), join(folder, "other", "talk, English", `${v + 1}-${n + 1}.wav`))));
rmSync(scratch, { force: true });

/** Speech as espeak-ng writes it. */
function say([voice, speed, pitch], text) {
  const file = join(folder, `said-${++made}.wav`);
  mkdirSync(folder, { recursive: true });
  execFileSync("espeak-ng", ["-v", voice, "-s", String(speed), "-p", String(pitch), "-w", file, text]);
  return file;
}

/** 8 kHz, one channel; -R makes sox's dither the same every time. */
function to_line(file, to) {
  mkdirSync(dirname(to), { recursive: true });
  execFileSync("sox", ["-R", file, "-b", "16", "-c", "1", to, "gain", "-n", "-6", "rate", "8000"]);
  rmSync(file);
}

function join_up(files, to) {
  mkdirSync(dirname(to), { recursive: true });
  execFileSync("sox", ["-R", ...files, "-b", "16", "-c", "1", to, "gain", "-n", "-6", "rate", "8000"]);
}

function through_gsm(file, to) {
  mkdirSync(dirname(to), { recursive: true });
  const coded = join(folder, "coded.gsm");
  execFileSync("sox", ["-R", file, coded]);
  execFileSync("sox", ["-R", coded, "-b", "16", to]);
  rmSync(coded);
}
