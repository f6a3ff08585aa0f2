import { type ParameterSets, sameDecoder, type VideoFormat } from "../codec/format.ts";
import { splitAnnexB } from "../codec/annex-b.ts";
import type { Codec } from "../codec/nal.ts";
import type { ChunkPool } from "./chunk-pool.ts";
import type { Depacketizer } from "./depacketizer.ts";
import { H264Depacketizer } from "./h264.ts";
import { H265Depacketizer } from "./h265.ts";
import { NalStore } from "./nal-store.ts";
import { emptyRtpHeader, readRtpHeader } from "./packet.ts";
import { ParameterSetTracker } from "./parameter-set-tracker.ts";
import { buildReceiverReport, parseRtcp, type SenderReport } from "./rtcp.ts";
import { type ClockStep, SenderClock } from "./sender-clock.ts";
import { SequenceTracker } from "./sequence.ts";
import { SourceLock } from "./source.ts";
import { Tally } from "./tally.ts";
import { Timeline } from "./timeline.ts";
import { MAX_UNIT_BYTES, type RawUnit, UnitAssembler } from "./units.ts";

/** One picture as the camera sent it. */
export interface AccessUnit {
  /** Owned copies without framing, trailing zeros cut, in order of arrival, byte for byte as sent. */
  readonly nals: readonly Uint8Array[];
  /** Decoding can start here: H.264 IDR or H.265 IRAP whose parameter sets are known. */
  readonly key: boolean;
  /** What it is decoded with; the same object until a parameter set changes. */
  readonly format: VideoFormat;
  /** Presentation time in ticks since the first picture; goes back only where the stream reorders pictures. */
  readonly rtpTime: number;
  /** Decode time in ticks, larger than the one before; the first ones of a reordering stream are negative. */
  readonly dts: number;
  /** When its first packet came, in the caller's milliseconds. */
  readonly receivedAtMs: number;
  /** The camera's wall clock at the picture, UTC milliseconds, by its latest sender report. */
  readonly ntpMs: number | null;
  /** Pictures were lost before it and no key picture has come since: a decoder may show damage. */
  readonly afterLoss: boolean;
}

export interface Loss {
  /** Packets missing; 0 where the number cannot be known. */
  readonly packets: number;
  readonly receivedAtMs: number;
}

export interface VideoReceiverOptions {
  readonly codec: Codec;
  /** Ticks per second. */
  readonly clockRate: number;
  readonly payloadType: number;
  /** From the SDP; empty or broken ones count as none. */
  readonly parameterSets?: ParameterSets;
  /** Shared by many receivers. Whoever has done with a picture may release its `nals` there. */
  readonly chunks?: ChunkPool;
  onAccessUnit(unit: AccessUnit): void;
  /** Before the first picture, and before the key picture from which a decoder must be set up anew (rtp-15). */
  onFormat?(format: VideoFormat): void;
  onLoss?(loss: Loss): void;
  onClockStep?(step: ClockStep): void;
  onGoodbye?(): void;
}

/**
 * Turns the RTP and RTCP packets of one video track into access units.
 *
 * Nothing is given before the first key picture whose parameter sets are known (case sdp-01). Of a picture with a
 * lost part nothing is given; those behind it are given all the same, marked `afterLoss` up to the next key picture,
 * since most of each is good evidence and only a decoder can judge. Packets are copied once; the caller may reuse
 * its buffer. Nothing throws on any input; what was odd is counted in `tolerated`.
 */
export class VideoReceiver {
  readonly #options: VideoReceiverOptions;
  readonly #tally = new Tally();
  readonly #header = emptyRtpHeader();
  readonly #source = new SourceLock();
  readonly #store: NalStore;
  readonly #sets: ParameterSetTracker;
  readonly #units: UnitAssembler;
  readonly #depacketizer: Depacketizer;
  readonly #timeline: Timeline;
  readonly #senderClock: SenderClock;
  #sequence: SequenceTracker;
  #timestamp = -1;
  #packetAtMs = 0;
  #packets = 0;
  #pictures = 0;
  #damagedPictures = 0;
  #lostBefore = 0;
  #format: VideoFormat | null = null;
  #afterLoss = false;
  /** What leading pictures of the last key picture refer to: nothing we gave, or something damaged. */
  #leadingLack: "none" | "all" | "some" = "none";
  #awaitingKey = true;
  #lastReport: { report: SenderReport; receivedAtMs: number } | null = null;

  constructor(options: VideoReceiverOptions) {
    const { codec, clockRate } = options;
    this.#options = options;
    this.#store = new NalStore(this.#tally, options.chunks);
    this.#sets = new ParameterSetTracker(codec, this.#tally);
    this.#units = new UnitAssembler(
      codec,
      this.#sets,
      this.#tally,
      (unit) => this.#picture(unit),
      () => this.#lostPicture(this.#packetAtMs),
    );
    this.#depacketizer = new (codec === "h264" ? H264Depacketizer : H265Depacketizer)(
      this.#store,
      this.#units,
      this.#tally,
    );
    this.#timeline = new Timeline(clockRate, this.#tally);
    this.#senderClock = new SenderClock(clockRate, (step) => options.onClockStep?.(step));
    this.#sequence = new SequenceTracker(clockRate);
    this.#takeAnnounced(options.parameterSets);
  }

  /** What was odd and forgiven, by name. */
  get tolerated(): Readonly<Record<string, number>> {
    return this.#tally.counts;
  }

  /** Format of the latest key picture; null before the first. */
  get format(): VideoFormat | null {
    return this.#format;
  }

  get statistics(): { packets: number; lostPackets: number; pictures: number; damagedPictures: number } {
    return {
      packets: this.#packets,
      lostPackets: this.#lostBefore + this.#sequence.lost,
      pictures: this.#pictures,
      damagedPictures: this.#damagedPictures,
    };
  }

  /** Takes one RTP packet. `receivedAtMs` is of a clock that never goes back. */
  rtp(packet: Uint8Array, receivedAtMs: number): void {
    const header = this.#header;
    if (!readRtpHeader(packet, header)) this.#tally.note("rtp-malformed");
    else if (header.payloadType !== this.#options.payloadType) this.#foreignType();
    else if (this.#admit(receivedAtMs) && this.#inSequence(receivedAtMs)) this.#payload(packet, receivedAtMs);
  }

  /** Takes one compound RTCP packet. */
  rtcp(packet: Uint8Array, receivedAtMs: number): void {
    const { packets, broken } = parseRtcp(packet);
    if (broken) this.#tally.note("rtcp-malformed");
    for (const part of packets) {
      if (part.kind === "sender-report") this.#senderReport(part, receivedAtMs);
      else if (part.kind === "bye" && part.ssrcs.includes(this.#source.ssrc)) {
        this.#source.goodbye(this.#source.ssrc);
        this.flush();
        this.#options.onGoodbye?.();
      }
    }
  }

  /** A receiver report to send to the camera; null before its first packet. */
  receiverReport(ownSsrc: number, nowMs: number): Uint8Array<ArrayBuffer> | null {
    if (this.#source.ssrc < 0) return null;
    return buildReceiverReport({
      ...this.#sequence.reportBlock(),
      ownSsrc,
      sourceSsrc: this.#source.ssrc,
      lastReport: this.#lastReport?.report.ntpMiddle ?? 0,
      sinceLastReportMs: this.#lastReport ? nowMs - this.#lastReport.receivedAtMs : 0,
    });
  }

  /** Gives the picture that waits for its end; for the end of a session whose camera sets no markers. */
  flush(): void {
    this.#depacketizer.abandon();
    this.#units.flush();
  }

  /** Case sdp-03: what is no NAL unit of its kind is dropped, a trailing start code cut off. */
  #takeAnnounced(sets: ParameterSets | undefined): void {
    for (const nal of sets ? [...sets.vps, ...sets.sps, ...sets.pps] : []) {
      const units = splitAnnexB(nal);
      if (units.length === 0 || units.some((unit) => (unit[0]! & 0x80) !== 0))
        this.#tally.note("parameter-set-unreadable");
      else for (const unit of units) this.#sets.take(unit);
    }
  }

  /** Never read, lest audio be stored; but all types of one source share its sequence numbers (RFC 3550 §5.1). */
  #foreignType(): void {
    this.#tally.note("payload-type-foreign");
    if (this.#header.ssrc === this.#source.ssrc) this.#sequence.pass(this.#header.sequence);
  }

  #admit(receivedAtMs: number): boolean {
    const { ssrc, sequence } = this.#header;
    const source = this.#source.admit(ssrc, sequence, receivedAtMs);
    if (source === "own") return true;
    this.#tally.note(source === "new" ? "ssrc-changed" : "ssrc-foreign");
    if (source === "foreign") return false;
    this.#lostBefore += this.#sequence.lost;
    this.#sequence = new SequenceTracker(this.#options.clockRate);
    this.#lastReport = null;
    this.#depacketizer.abandon();
    this.#units.reset();
    this.#timeline.restart();
    if (!this.#awaitingKey) this.#lose(0, receivedAtMs);
    this.#awaitingKey = true;
    return true;
  }

  #inSequence(receivedAtMs: number): boolean {
    const step = this.#sequence.next(this.#header.sequence);
    if (step.kind === "late") {
      this.#tally.note("packet-late");
      return false;
    }
    this.#packets++;
    if (step.kind === "next") return true;
    if (step.kind === "restarted") this.#tally.note("sequence-restarted");
    this.#depacketizer.abandon();
    this.#units.gap();
    this.#lose(step.kind === "lost" ? step.packets : 0, receivedAtMs);
    return true;
  }

  #lose(packets: number, receivedAtMs: number): void {
    this.#afterLoss = true;
    this.#options.onLoss?.({ packets, receivedAtMs });
  }

  #payload(packet: Uint8Array, receivedAtMs: number): void {
    const { timestamp, payloadStart, payloadEnd, marker } = this.#header;
    this.#packetAtMs = receivedAtMs;
    this.#sequence.arrived(timestamp, receivedAtMs);
    if (timestamp !== this.#timestamp) {
      // An unfinished fragment belongs to the picture that the new timestamp ends.
      this.#depacketizer.abandon();
      this.#timestamp = timestamp;
    }
    this.#units.startPacket(timestamp, receivedAtMs);
    if (payloadStart === payloadEnd) this.#tally.note("packet-empty");
    else this.#depacketizer.take(packet, payloadStart, payloadEnd, marker);
    if (this.#store.length > MAX_UNIT_BYTES) {
      this.#tally.note("unit-too-large");
      this.#depacketizer.abandon();
    }
    if (marker) this.#units.marker();
  }

  #senderReport(report: SenderReport, receivedAtMs: number): void {
    if (report.ssrc !== this.#source.ssrc) {
      this.#tally.note("ssrc-foreign");
      return;
    }
    this.#lastReport = { report, receivedAtMs };
    // Before the first picture there is no time line to place it on; it is placed with that picture.
    if (this.#pictures > 0) this.#placeReport(report, receivedAtMs);
  }

  #placeReport(report: SenderReport, receivedAtMs: number): void {
    const ticks = this.#timeline.locate(report.rtpTimestamp);
    if (ticks === null) this.#tally.note("sender-report-far");
    else this.#senderClock.report(report.ntpMs, ticks, receivedAtMs);
  }

  #picture(raw: RawUnit): void {
    if (raw.damaged) {
      this.#lostPicture(raw.receivedAtMs);
      return;
    }
    if (raw.format) this.#startAt(raw.format);
    if (this.#awaitingKey || !this.#format) return;
    if (raw.leading && this.#leadingLack === "all") {
      this.#tally.note("leading-picture-skipped");
      return;
    }
    this.#give(raw, this.#format);
  }

  #lostPicture(receivedAtMs: number): void {
    if (this.#awaitingKey) return;
    this.#damagedPictures++;
    if (!this.#afterLoss) this.#lose(0, receivedAtMs);
  }

  /** A key picture whose sets are known. */
  #startAt(format: VideoFormat): void {
    const before = this.#format;
    this.#leadingLack = this.#awaitingKey ? "all" : this.#afterLoss ? "some" : "none";
    this.#awaitingKey = false;
    this.#afterLoss = false;
    this.#format = format;
    if (before === format) return;
    this.#timeline.expect(format.sps.maxReorder, format.sps.frameRate);
    if (!before || !sameDecoder(before, format)) this.#options.onFormat?.(format);
  }

  #give(raw: RawUnit, format: VideoFormat): void {
    const { presentation, decode } = this.#timeline.place(raw.timestamp, raw.receivedAtMs);
    this.#pictures++;
    if (this.#pictures === 1 && this.#lastReport)
      this.#placeReport(this.#lastReport.report, this.#lastReport.receivedAtMs);
    this.#options.onAccessUnit({
      nals: raw.nals,
      key: raw.key && raw.format !== null,
      format,
      rtpTime: presentation,
      dts: decode,
      receivedAtMs: raw.receivedAtMs,
      ntpMs: this.#senderClock.ntpMs(presentation),
      afterLoss: this.#afterLoss || (raw.leading && this.#leadingLack === "some"),
    });
  }
}
