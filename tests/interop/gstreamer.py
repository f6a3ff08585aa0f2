"""Serves a video file in a loop at rtsp://127.0.0.1:PORT/cam with GStreamer's RTSP server; prints PORT when it listens.

usage: gstreamer.py h264|h265 FILE
"""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402


def pictures(codec, path):
    """The file's access units with their times, as GStreamer's own demuxer and parser give them."""
    pipeline = Gst.parse_launch(
        f"filesrc name=file ! parsebin ! {codec}parse "
        f"! video/x-{codec},stream-format=byte-stream,alignment=au ! appsink name=out sync=false"
    )
    pipeline.get_by_name("file").set_property("location", path)
    out = pipeline.get_by_name("out")
    pipeline.set_state(Gst.State.PLAYING)
    found = []
    while sample := out.emit("pull-sample"):
        buffer = sample.get_buffer()
        data = buffer.extract_dup(0, buffer.get_size())
        found.append((data, buffer.pts, buffer.dts, buffer.duration))
    pipeline.set_state(Gst.State.NULL)
    if not found:
        sys.exit(f"GStreamer finds no {codec} picture in {path}")
    return found


class Camera(GstRtspServer.RTSPMediaFactory):
    def __init__(self, codec, units):
        super().__init__()
        self.codec = codec
        self.units = units
        self.loop_ns = max(pts for _, pts, _, _ in units) - units[0][1] + units[0][3]

    def do_create_element(self, _url):
        return Gst.parse_launch(
            f"( appsrc name=source is-live=true format=time caps=video/x-{self.codec},"
            f"stream-format=byte-stream,alignment=au ! {self.codec}parse ! rtp{self.codec}pay name=pay0 pt=96 )"
        )

    def do_configure(self, media):
        given = 0

        def need_data(source, _length):
            nonlocal given
            data, pts, dts, duration = self.units[given % len(self.units)]
            shift = given // len(self.units) * self.loop_ns
            buffer = Gst.Buffer.new_wrapped(data)
            buffer.pts = pts + shift
            buffer.dts = dts + shift if dts != Gst.CLOCK_TIME_NONE else Gst.CLOCK_TIME_NONE
            buffer.duration = duration
            given += 1
            source.emit("push-buffer", buffer)

        media.get_element().get_by_name("source").connect("need-data", need_data)


def main(codec, path):
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    server.get_mount_points().add_factory("/cam", Camera(codec, pictures(codec, path)))
    server.attach(None)
    print(server.get_bound_port(), flush=True)
    GLib.MainLoop().run()


main(*sys.argv[1:])
