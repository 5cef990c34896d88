#!/usr/bin/env python3
"""Scripted desk phones for the tests that run against a real FreeSWITCH.

Plain Python 3.9 or newer, no packages: one file that runs on any fresh system and can do what the tests need and no
more. One process hosts any number of phones. Each registers with digest authentication, answers calls by itself after
a delay, sends a tone, and can say which tones it hears, which is how a test knows who hears whom.

    desk_phone.py --switch 127.0.0.1:5060 --phone 1001:PASSWORD --phone 1002:PASSWORD:700 --answer-after 0.6

    --switch HOST:PORT     the internal profile of the switch
    --phone EXT:PASSWORD[:TONE_HZ]   repeat for more phones; the tone is a multiple of 50 Hz, 0 sends silence
    --line NAME:PORT:TONE_HZ         a customer's telephone at the far end of a trunk: listens on that port, does not
                           register; --switch is then the external profile. Repeat for more
    --domain NAME          SIP domain and digest realm (default: trunkline)
    --answer-after SECONDS how long a phone rings before it answers; "never" leaves it ringing (default: 0.5)
    --expires SECONDS      length of a registration (default: 120)

Commands are lines on standard input, "*" means every phone; the end of the input unregisters and ends the program:

    1001 answer                 answer the ringing call now
    1001 hangup                 end the call (BYE), refuse it while it rings (603), or give up dialling (CANCEL)
    1001 refuse 486             refuse the ringing call with this status
    1001 answer-after 2|never   change the delay
    1001 refuses 486|none       refuse every call with this status from now on
    1001 dial 0123456           call a number
    1001 hold | 1001 unhold     the phone's own hold key
    1001 tone 900               send another tone from now on
    1001 hears                  print the tones heard in the last half second
    1001 deaf on|off            refuse "talk" and "hold" (489), as a phone without these event packages
    1001 unregister | register
    1001 vanish                 stop answering anything, as a phone without power

Standard output has one JSON object a line, in the order in which things happen:

    {"phone":"1001","event":"registered"}       also: unregistered, register_failed (status)
    {"phone":"1001","event":"ringing","from":"021...","name":"...","auto_answer":false}
    {"phone":"1001","event":"answered"}         also: ended (by: "us" | "them", status), held, resumed, dialling
    {"phone":"1001","event":"hears","tones":[400],"packets":25}
"""
import argparse
import array
import asyncio
import bisect
import hashlib
import json
import math
import random
import re
import socket
import sys
import time

SAMPLES = 160  # of one 20 ms packet at 8 kHz


def alaw_value(code):
    """The sample that an A-law byte stands for (G.711)."""
    code ^= 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    value = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return value if code & 0x80 else -value


def ulaw_value(code):
    """The sample that a mu-law byte stands for (G.711)."""
    code = ~code & 0xFF
    value = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return -value if code & 0x80 else value


DECODE = {8: [alaw_value(code) for code in range(256)], 0: [ulaw_value(code) for code in range(256)]}
ENCODE = {kind: sorted((value, code) for code, value in enumerate(table)) for kind, table in DECODE.items()}


def tone_packet(kind, hertz):
    """20 ms of a tone. A multiple of 50 Hz fits a whole number of times, so one packet repeated has no clicks."""
    table = ENCODE[kind]
    payload = bytearray()
    for index in range(SAMPLES):
        value = 8000 * math.sin(2 * math.pi * hertz * index / 8000)
        payload.append(table[min(bisect.bisect(table, (value, 0)), 255)][1])
    return bytes(payload)


def tones_in(samples):
    """The multiples of 100 Hz that stand out in the samples (Goertzel)."""
    found = []
    for hertz in range(200, 2001, 100):
        factor, one, two = 2 * math.cos(2 * math.pi * hertz / 8000), 0.0, 0.0
        for sample in samples:
            one, two = sample + factor * one - two, one
        amplitude = 2 * math.sqrt(max(0.0, one * one + two * two - factor * one * two)) / max(1, len(samples))
        if amplitude > 400:
            found.append(hertz)
    return found


class Message:
    """A SIP message: first line, headers in order, body."""

    SHORT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type"}

    def __init__(self, data):
        head, _, self.body = data.decode("utf-8", "replace").partition("\r\n\r\n")
        lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
        self.first, self.headers = lines[0], []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            self.headers.append((self.SHORT.get(name, name), value.strip()))

    def get(self, name):
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name):
        return [value for key, value in self.headers if key == name]

    @property
    def status(self):
        return int(self.first.split()[1]) if self.first.startswith("SIP/") else None

    @property
    def method(self):
        return self.get("cseq").split()[-1] if self.status else self.first.split()[0]

    @property
    def cseq(self):
        return int(self.get("cseq").split()[0])


def tag_of(value):
    found = re.search(r";tag=([^;>\s]+)", value)
    return found.group(1) if found else ""


def uri_of(value):
    found = re.search(r"<([^>]+)>", value)
    return found.group(1) if found else value.split(";")[0].strip()


def random_id():
    return "%016x" % random.getrandbits(64)


class Media(asyncio.DatagramProtocol):
    """The audio of one call: sends a tone, remembers what comes in."""

    def __init__(self):
        self.remote, self.kind, self.hertz, self.sending = None, 8, 0, True
        self.sequence, self.timestamp, self.source = random.getrandbits(15), random.getrandbits(30), random.getrandbits(32)
        self.heard, self.packets, self.payload_for, self.payload = [], 0, None, b""
        self.transport = None

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        if len(data) < 12 or data[1] & 0x7F not in DECODE:
            return
        self.packets += 1
        table = DECODE[data[1] & 0x7F]
        self.heard.append((time.monotonic(), [table[code] for code in data[12:]]))
        del self.heard[:-25]

    def send_packet(self):
        if not (self.remote and self.sending and self.transport):
            return
        if self.payload_for != (self.kind, self.hertz):
            self.payload_for, self.payload = (self.kind, self.hertz), tone_packet(self.kind, self.hertz)
        self.sequence, self.timestamp = (self.sequence + 1) & 0xFFFF, (self.timestamp + SAMPLES) & 0xFFFFFFFF
        header = bytes([0x80, self.kind]) + self.sequence.to_bytes(2, "big")
        header += self.timestamp.to_bytes(4, "big") + self.source.to_bytes(4, "big")
        self.transport.sendto(header + self.payload, self.remote)

    def tones(self):
        oldest = time.monotonic() - 0.6
        return tones_in(array.array("i", [s for at, samples in self.heard if at > oldest for s in samples]))


class Call:
    """One dialog, from the first INVITE to its end."""

    def __init__(self, call_id, incoming):
        self.call_id, self.incoming = call_id, incoming
        self.local = self.remote = self.target = ""  # From and To values as seen from here, and the peer's Contact
        self.cseq, self.state = 1, "ringing"  # ringing, answered, ended
        self.invite, self.media, self.held_by_us = None, None, False
        self.answer_timer, self.resend = None, None
        self.last_response, self.sdp_version = None, 1


class Phone(asyncio.DatagramProtocol):
    def __init__(self, extension, password, hertz, options):
        self.extension, self.password, self.hertz, self.options = extension, password, hertz, options
        self.answer_after, self.refuses = options.answer_after, None
        self.transport, self.call, self.gone, self.deaf = None, None, False, False
        self.waiting = {}  # (call id, cseq number) of our requests -> future of their final response
        self.register_id, self.register_cseq, self.register_task = random_id(), 0, None

    # -- plumbing ----------------------------------------------------------------------------------------------------

    def say(self, event, **more):
        print(json.dumps({"phone": self.extension, "event": event, **more}), flush=True)

    def connection_made(self, transport):
        self.transport = transport
        self.address = "%s:%d" % transport.get_extra_info("sockname")
        self.contact = "<sip:%s@%s>" % (self.extension, self.address)
        if self.password is not None:
            self.register_task = asyncio.ensure_future(self.keep_registered())

    def send(self, first, headers, body=""):
        if self.gone:
            return b""
        kind = [("Content-Type", "application/sdp")] if body else []
        lines = [first] + ["%s: %s" % pair for pair in headers + kind + [("Content-Length", str(len(body)))]]
        data = ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
        self.transport.sendto(data, self.options.switch)
        return data

    def respond(self, request, status, reason, body="", tag="", more=()):
        to = request.get("to")
        headers = [("Via", value) for value in request.all("via")]
        headers += [("Record-Route", value) for value in request.all("record-route")]
        headers += [("From", request.get("from")), ("To", to if tag_of(to) or not tag else to + ";tag=" + tag)]
        headers += [("Call-ID", request.get("call-id")), ("CSeq", request.get("cseq")), ("Contact", self.contact)]
        return self.send("SIP/2.0 %d %s" % (status, reason), headers + list(more), body)

    async def request(self, method, uri, call_id, cseq, local, remote, body="", more=(), on_progress=None, branch=None):
        """Sends a request, repeats it until something comes back, returns the final response (None: none came)."""
        headers = [("Via", "SIP/2.0/UDP %s;branch=z9hG4bK%s;rport" % (self.address, branch or random_id())), ("Max-Forwards", "70")]
        headers += [("From", local), ("To", remote), ("Call-ID", call_id), ("CSeq", "%d %s" % (cseq, method))]
        headers += [("Contact", self.contact), ("User-Agent", "desk_phone"), ("Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, NOTIFY, UPDATE, INFO")]
        headers += list(more)
        answers = asyncio.Queue()
        self.waiting[(call_id, cseq, method)] = answers
        try:
            data = self.send("%s %s SIP/2.0" % (method, uri), headers, body)
            pause, heard = 0.5, False
            while True:
                try:
                    answer = await asyncio.wait_for(answers.get(), None if heard and method == "INVITE" else pause)
                except asyncio.TimeoutError:
                    pause *= 2
                    if pause > 8:
                        return None
                    if not self.gone:
                        self.transport.sendto(data, self.options.switch)
                    continue
                heard = True
                if answer.status >= 200:
                    return answer
                if on_progress:
                    on_progress(answer)
        finally:
            self.waiting.pop((call_id, cseq, method), None)

    def credentials(self, challenge, method, uri):
        """The Authorization header for a 401 or 407."""
        name = "www-authenticate" if challenge.status == 401 else "proxy-authenticate"
        found = {key: quoted or plain for key, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', challenge.get(name))}
        md5 = lambda text: hashlib.md5(text.encode()).hexdigest()
        one = md5("%s:%s:%s" % (self.extension, found["realm"], self.password))
        two, client = md5("%s:%s" % (method, uri)), random_id()
        if "qop" in found:
            response = md5(":".join([one, found["nonce"], "00000001", client, "auth", two]))
            extra = ', qop=auth, nc=00000001, cnonce="%s"' % client
        else:
            response, extra = md5(":".join([one, found["nonce"], two])), ""
        value = 'Digest username="%s", realm="%s", nonce="%s", uri="%s", response="%s", algorithm=MD5%s'
        value %= (self.extension, found["realm"], found["nonce"], uri, response, extra)
        return ("Authorization" if challenge.status == 401 else "Proxy-Authorization", value)

    # -- registration ------------------------------------------------------------------------------------------------

    async def register(self, expires):
        uri, me = "sip:" + self.options.domain, "<sip:%s@%s>" % (self.extension, self.options.domain)
        more = [("Expires", str(expires))]
        for _ in range(3):  # a nonce may be stale once
            self.register_cseq += 1
            answer = await self.request("REGISTER", uri, self.register_id, self.register_cseq, me + ";tag=" + random_id(), me, more=more)
            if answer is None or answer.status not in (401, 407):
                return answer.status if answer else 0
            more = [("Expires", str(expires)), self.credentials(answer, "REGISTER", uri)]
        return answer.status

    async def keep_registered(self):
        registered = False
        while True:
            status = await self.register(self.options.expires)
            if status == 200 and not registered:
                self.say("registered")
            if status != 200:
                self.say("register_failed", status=status)
            registered = status == 200
            await asyncio.sleep(self.options.expires / 2 if registered else 2)

    async def unregister(self):
        if self.register_task is None:
            return
        self.register_task.cancel()
        if await self.register(0) == 200:
            self.say("unregistered")

    # -- what the switch sends ---------------------------------------------------------------------------------------

    def datagram_received(self, data, address):
        if self.gone or not data.strip():
            return
        message = Message(data)
        if message.status:
            answers = self.waiting.get((message.get("call-id"), message.cseq, message.method))
            if answers:
                answers.put_nowait(message)
            elif message.method == "INVITE" and message.status >= 200 and self.call:
                self.acknowledge(self.call, message)  # the switch did not get our ACK
            return
        call = self.call if self.call and self.call.call_id == message.get("call-id") else None
        handler = getattr(self, "on_" + message.method.lower(), None)
        if handler:
            handler(message, call)
        elif call or message.method in ("OPTIONS", "NOTIFY"):
            self.respond(message, 200, "OK", tag=random_id())
        else:
            self.respond(message, 481, "Call Does Not Exist", tag=random_id())

    def on_invite(self, message, call):
        if call and call.invite and call.invite.cseq == message.cseq:
            if call.last_response:  # a repetition
                self.transport.sendto(call.last_response, self.options.switch)
        elif call:
            asyncio.ensure_future(self.on_reinvite(message, call))
        elif self.call or self.refuses:
            self.respond(message, self.refuses or 486, "Refused", tag=random_id())
        else:
            self.ring(message)

    def ring(self, message):
        call = self.call = Call(message.get("call-id"), incoming=True)
        call.invite, call.tag = message, random_id()
        call.local, call.remote = message.get("to") + ";tag=" + call.tag, message.get("from")
        call.target = uri_of(message.get("contact"))
        call.last_response = self.respond(message, 180, "Ringing", tag=call.tag)
        caller = re.match(r'\s*(?:"([^"]*)")?\s*<sips?:([^@>]+)', call.remote)
        automatic = "answer-after=" in message.get("call-info") or "auto" in message.get("alert-info").lower()
        self.say("ringing", **{"from": caller.group(2) if caller else "", "name": (caller.group(1) or "") if caller else "", "auto_answer": automatic})
        if self.answer_after is not None:
            call.answer_timer = asyncio.get_running_loop().call_later(self.answer_after, lambda: asyncio.ensure_future(self.answer()))

    async def on_reinvite(self, message, call):
        call.invite = message
        if message.body:
            self.take_sdp(call, message.body)
        call.last_response = self.respond(message, 200, "OK", self.sdp(call), call.tag)
        call.resend = asyncio.ensure_future(self.repeat_until_ack(call))

    def on_ack(self, message, call):
        if call:
            if call.resend:
                call.resend.cancel()
            if message.body:  # the INVITE had no offer: the answer comes here
                self.take_sdp(call, message.body)

    def on_cancel(self, message, call):
        self.respond(message, 200, "OK", tag=call.tag if call else random_id())
        if call and call.state == "ringing":
            self.respond(call.invite, 487, "Request Terminated", tag=call.tag)
            self.end(call, "them", 487)

    def on_bye(self, message, call):
        self.respond(message, 200, "OK", tag=random_id())
        if call:
            self.end(call, "them", 200)

    def on_notify(self, message, call):
        wanted = message.get("event").split(";")[0].strip()
        if self.deaf and wanted in ("talk", "hold"):
            self.respond(message, 489, "Bad Event", tag=random_id())
            return self.say("event_refused", wanted=wanted)
        self.respond(message, 200, "OK", tag=random_id())
        if call and wanted == "talk":
            asyncio.ensure_future(self.answer() if call.state == "ringing" else self.reoffer(call, False))
        elif call and wanted == "hold":
            asyncio.ensure_future(self.reoffer(call, True))

    # -- what the phone does -----------------------------------------------------------------------------------------

    async def open_media(self, call):
        _, call.media = await asyncio.get_running_loop().create_datagram_endpoint(Media, local_addr=("127.0.0.1", 0))
        call.media.hertz = self.hertz

    def sdp(self, call):
        call.sdp_version += 1
        port = call.media.transport.get_extra_info("sockname")[1]
        direction = "sendonly" if call.held_by_us else "sendrecv" if call.media.sending else "recvonly"
        kinds = "8 0 101"
        return ("v=0\r\no=phone 1 %d IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP %s\r\n"
                "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
                "a=ptime:20\r\na=%s\r\n") % (call.sdp_version, port, kinds, direction)

    def take_sdp(self, call, body):
        address = re.search(r"^c=IN IP4 (\S+)", body, re.M)
        audio = re.search(r"^m=audio (\d+) \S+ (.*)$", body, re.M)
        if not audio:
            return
        call.media.remote = (address.group(1) if address else "127.0.0.1", int(audio.group(1)))
        call.media.kind = next((int(kind) for kind in audio.group(2).split() if kind in ("0", "8")), 8)
        sending = not re.search(r"^a=(sendonly|inactive)", body, re.M)
        if call.state == "answered" and sending != call.media.sending:
            self.say("resumed" if sending else "held")
        call.media.sending = sending

    async def answer(self):
        call = self.call
        if not (call and call.incoming and call.state == "ringing"):
            return
        if call.answer_timer:
            call.answer_timer.cancel()
        await self.open_media(call)
        if call.state != "ringing":  # cancelled meanwhile
            call.media.transport.close()
            return
        if call.invite.body:
            self.take_sdp(call, call.invite.body)
        call.state = "answered"
        call.last_response = self.respond(call.invite, 200, "OK", self.sdp(call), call.tag)
        call.resend = asyncio.ensure_future(self.repeat_until_ack(call))
        self.say("answered")

    async def repeat_until_ack(self, call):
        for pause in (0.5, 1, 2, 4, 4, 4):
            await asyncio.sleep(pause)
            if call.state == "answered" and not self.gone:
                self.transport.sendto(call.last_response, self.options.switch)

    async def dial(self, number):
        if self.call:
            return
        call = self.call = Call(random_id(), incoming=False)
        uri = "sip:%s@%s" % (number, self.options.domain)
        call.tag = random_id()
        call.local, call.remote = "<sip:%s@%s>;tag=%s" % (self.extension, self.options.domain, call.tag), "<%s>" % uri
        call.target = uri
        await self.open_media(call)
        self.say("dialling", to=number)
        more = []
        progress = lambda answer: self.say("progress", status=answer.status) if answer.status > 100 else None
        for _ in range(2):
            call.branch = random_id()  # a CANCEL names the INVITE it means by the same branch
            answer = await self.request(
                "INVITE", uri, call.call_id, call.cseq, call.local, call.remote, self.sdp(call), more, progress, call.branch
            )
            if answer is None:
                return self.end(call, "them", 408)
            if answer.status < 300:
                break
            self.acknowledge(call, answer)
            call.cseq += 1
            if answer.status not in (401, 407) or more:
                return self.end(call, "us" if answer.status == 487 else "them", answer.status)
            more = [self.credentials(answer, "INVITE", uri)]
        call.remote, call.target, call.state = answer.get("to"), uri_of(answer.get("contact")), "answered"
        self.take_sdp(call, answer.body)
        self.acknowledge(call, answer)
        self.say("answered")

    def acknowledge(self, call, answer):
        headers = [("Via", answer.get("via") if answer.status >= 300 else "SIP/2.0/UDP %s;branch=z9hG4bK%s" % (self.address, random_id()))]
        headers += [("Max-Forwards", "70"), ("From", call.local), ("To", answer.get("to")), ("Call-ID", call.call_id), ("CSeq", "%d ACK" % answer.cseq)]
        self.send("ACK %s SIP/2.0" % call.target, headers)

    async def reoffer(self, call, hold):
        call.held_by_us = hold
        call.cseq += 1
        answer = await self.request("INVITE", call.target, call.call_id, call.cseq, call.local, call.remote, self.sdp(call))
        if answer:
            self.acknowledge(call, answer)
            if answer.status < 300 and answer.body:
                self.take_sdp(call, answer.body)

    async def hang_up(self, status=603):
        call = self.call
        if not call or call.state == "ended":
            return
        if call.state == "answered":
            self.end(call, "us", 200)
            await self.request("BYE", call.target, call.call_id, call.cseq + 1, call.local, call.remote)
        elif call.incoming:
            self.respond(call.invite, status, "Refused", tag=call.tag)
            self.end(call, "us", status)
        else:
            await self.request("CANCEL", call.target, call.call_id, call.cseq, call.local, call.remote, branch=call.branch)

    def end(self, call, by, status):
        if call.state == "ended":
            return
        call.state = "ended"
        for pending in (call.answer_timer, call.resend):
            if pending:
                pending.cancel()
        if call.media:
            call.media.transport.close()
        if self.call is call:
            self.call = None
        self.say("ended", by=by, status=status)

    async def command(self, words):
        verb, value = words[0], words[1] if len(words) > 1 else ""
        if verb == "answer":
            await self.answer()
        elif verb == "hangup":
            await self.hang_up()
        elif verb == "refuse":
            await self.hang_up(int(value))
        elif verb == "answer-after":
            self.answer_after = seconds(value)
        elif verb == "refuses":
            self.refuses = None if value == "none" else int(value)
        elif verb == "dial":
            await self.dial(value)
        elif verb in ("hold", "unhold") and self.call and self.call.state == "answered":
            await self.reoffer(self.call, verb == "hold")
        elif verb == "tone":
            self.hertz = int(value)
            if self.call and self.call.media:
                self.call.media.hertz = self.hertz
        elif verb == "deaf":
            self.deaf = value == "on"
        elif verb == "hears":
            media = self.call.media if self.call else None
            self.say("hears", tones=media.tones() if media else [], packets=media.packets if media else 0)
        elif verb == "unregister":
            await self.unregister()
        elif verb == "register":
            self.register_task = asyncio.ensure_future(self.keep_registered())
        elif verb == "vanish":
            if self.register_task:
                self.register_task.cancel()
            self.gone = True
            if self.call and self.call.media:
                self.call.media.sending = False
        else:
            self.say("not_understood", command=" ".join(words))


def seconds(text):
    return None if text == "never" else float(text)


async def send_audio(phones):
    """One clock for all phones: sleeping 20 ms in each would drift, and the switch would hear gaps."""
    due = time.monotonic()
    while True:
        for phone in phones:
            if phone.call and phone.call.media:
                phone.call.media.send_packet()
        due = max(due + 0.02, time.monotonic() - 0.2)
        await asyncio.sleep(max(0, due - time.monotonic()))


async def main():
    parser = argparse.ArgumentParser(description="scripted desk phones; see the head of this file")
    parser.add_argument("--switch", required=True)
    parser.add_argument("--phone", action="append", default=[], metavar="EXT:PASSWORD[:TONE_HZ]")
    parser.add_argument("--line", action="append", default=[], metavar="NAME:PORT:TONE_HZ")
    parser.add_argument("--domain", default="trunkline")
    parser.add_argument("--answer-after", type=seconds, default=0.5)
    parser.add_argument("--expires", type=int, default=120)
    options = parser.parse_args()
    host, _, port = options.switch.rpartition(":")
    options.switch = (socket.gethostbyname(host), int(port))

    loop, phones = asyncio.get_running_loop(), []
    for text in options.phone:
        extension, password, hertz = (text.split(":") + ["700"])[:3]
        make = lambda: Phone(extension, password, int(hertz), options)
        phones.append((await loop.create_datagram_endpoint(make, local_addr=("127.0.0.1", 0)))[1])
    for text in options.line:
        name, port, hertz = text.split(":")
        make = lambda: Phone(name, None, int(hertz), options)
        phones.append((await loop.create_datagram_endpoint(make, local_addr=("127.0.0.1", int(port))))[1])
    audio = asyncio.ensure_future(send_audio(phones))

    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := (await reader.readline()).decode():
        words = line.split()
        for phone in phones:
            if len(words) > 1 and words[0] in ("*", phone.extension):
                asyncio.ensure_future(phone.command(words[1:]))
    await asyncio.gather(*(phone.hang_up() for phone in phones))
    await asyncio.gather(*(phone.unregister() for phone in phones if not phone.gone))
    audio.cancel()


if __name__ == "__main__":
    asyncio.run(main())
