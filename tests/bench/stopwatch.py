"""The stopwatch in the browser, the same for all that is measured.

It starts with the action (the input event's time, or the start of the navigation) and stops with the frame that shows
the last stroke of what was asked for: its content must equal what was seen in that state before, and nothing of it may
change for `QUIET` ms afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page

QUIET = 250
TIMEOUT = 60_000
FIGURES = """[...document.querySelectorAll(".js-plotly-plot")].filter(chart => WHICH).map(chart => [
    ...[...chart.querySelectorAll(".annotation-text")].map(text => text.textContent),
    ...[...chart.querySelectorAll(".choroplethlayer path")].map(area => area.__data__.loc + getComputedStyle(area).strokeWidth),
    ...[...chart.querySelectorAll(".shapelayer path")].map(mark => mark.getAttribute("d") + mark.style.stroke),
    chart.querySelectorAll(".trace path, .point path").length,
].join(" ")).join("|")"""
"""The content of what a chart library draws: labels, the areas with their outlines, marks with their places."""
EVERY_FIGURE = FIGURES.replace("WHICH", "true")
FIRST_FIGURE = FIGURES.replace("WHICH", "chart === document.querySelector('.js-plotly-plot')")
THE_MAP = FIGURES.replace("WHICH", 'chart.querySelector(".choroplethlayer")')
PARTS = ".findings table, .gaps table, .figure-card, .datatable, .st-key-map"
OURS = f"""[...document.querySelectorAll("{PARTS}")].map(part => [
    part.textContent,
    ...[...part.querySelectorAll("[style]")].map(mark => mark.style.cssText),
    ...[...part.querySelectorAll("img.map-areas")].map(image => image.complete + image.src),
    ...[...part.querySelectorAll(".areas > .current > a")].map(area => area.id),
].join(" ")).join("|")"""
"""The content of ours on whichever page: texts, marks with their places, images once they are there, chosen areas."""
FINDINGS = OURS.replace(f'"{PARTS}")]', '".findings table")].slice(0, 1)')
"""The table of findings, in the page as it is served or as the app draws it, whichever stands first."""

INSTALLED = """(() => {
    const bench = window.bench = {sent: [], came: [], bytes: 0};
    const Socket = window.WebSocket;
    window.WebSocket = class extends Socket {
        constructor(...given) {
            super(...given);
            this.addEventListener("message", ({data}) => { bench.came.push(performance.now()); bench.bytes += data.byteLength ?? data.size ?? data.length; });
        }
        send(data) { bench.sent.push(performance.now()); super.send(data); }
    };
    new PerformanceObserver(list => list.getEntries().filter(entry => entry.name.includes("_dash-update-component")).forEach(entry => {
        bench.sent.push(entry.startTime); bench.came.push(entry.responseEnd); bench.bytes += entry.encodedBodySize;
        bench.server = Object.fromEntries(entry.serverTiming.map(timing => [timing.name, timing.duration]));
    })).observe({type: "resource"});
    bench.watch = (shown, want, start) => {
        const now = bench.now = new Function(`return ${shown}`), act = ({timeStamp}) => { start = timeStamp; };
        Object.assign(bench, {sent: [], came: [], bytes: 0, server: null});
        if (start === null) addEventListener("mouseup", act, {capture: true, once: true});
        bench.took = new Promise(resolve => {
            let first, last, waiting, done;
            const frame = () => requestAnimationFrame(() => {
                const painted = new MessageChannel();
                painted.port1.onmessage = () => {
                    waiting = false;
                    if (now() !== want) return;
                    last = performance.now();
                    first ??= last;
                    clearTimeout(done);
                    done = setTimeout(() => {
                        observer.disconnect();
                        document.removeEventListener("load", look, true);
                        const after = times => times.filter(time => time > start && time < last);
                        const [sent, came] = [after(bench.sent)[0] - start, after(bench.came).at(-1) - start];
                        resolve({first: first - start, last: last - start, sent, came, bytes: bench.bytes, server: bench.server});
                    }, QUIET);
                };
                painted.port2.postMessage(0);
            });
            const look = () => {
                if (start === null || waiting || now() !== want) return;
                waiting = true;
                frame();
            };
            const observer = new MutationObserver(changes => {
                if (start === null || waiting) return;
                const drawn = changes.some(({target}) => (target.closest ? target : target.parentElement)?.closest(".js-plotly-plot, .findings, .gaps, .figure-card, .datatable, .st-key-map"));
                if (drawn || first === undefined) look();
            });
            observer.observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
            document.addEventListener("load", look, true); // an image is there without a change of the document
        });
    };
})()""".replace("QUIET", str(QUIET))


@dataclass(frozen=True)
class Lap:
    """Times in ms from the action: until the charts were right for the `first` and changed for the `last` time, until
    the request was `sent` and the end of the response `came`.

    `bytes` is the size of the response, `server` the ms spent in the server where the response states it.
    """

    first: float
    last: float
    sent: float | None
    came: float | None
    bytes: int
    server: dict[str, float] | None


def set_to(page: Page, shown: str, want: str) -> None:
    """Start the stopwatch at the next click."""
    page.evaluate("([shown, want]) => bench.watch(shown, want, null)", [shown, want])


def read(page: Page) -> Lap:
    """Wait until the stopwatch has stopped. RuntimeError with the page's content if the expected charts never appear."""
    found = page.evaluate(
        "() => Promise.race([bench.took, new Promise(give => setTimeout(() => give(bench.now()), TIMEOUT))])".replace(
            "TIMEOUT", str(TIMEOUT)
        )
    )
    if isinstance(found, str):
        raise RuntimeError(f"{page.url} shows {found[:400]!r}")
    return Lap(**found)
