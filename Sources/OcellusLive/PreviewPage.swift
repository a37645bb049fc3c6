// The page of the preview: one self-contained document, nothing is loaded from elsewhere. How it looks stands in
// PreviewPage+Style.swift, how it moves in PreviewPage+Script.swift.

/// The document at `/`.
enum PreviewPage {
    static let html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
        <meta name="color-scheme" content="dark light">
        <title>Ocellus live</title>
        <link rel="icon" href="data:image/svg+xml,\(icon)">
        <style>
        \(style)
        </style>
        </head>
        <body>
        <header>
          <svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="16" r="14"/><circle cx="16" cy="16"
            r="8.5"/><circle cx="16" cy="16" r="4"/><circle cx="19" cy="12.6" r="1.7"/></svg>
          <h1>ocellus</h1>
          <p id="source" class="source"></p>
          <p id="state" class="state" role="status" data-state="connecting"><i></i><span>connecting</span></p>
        </header>
        <main>
          <figure id="stage" class="stage">
            <img id="picture" alt="What the camera sees, with boxes around what was found">
            <p id="notice" class="notice" hidden></p>
            <div class="tools">
              <a href="/snapshot.jpg" download="snapshot.jpg" title="Save this picture" aria-label="Save this picture"><svg
                viewBox="0 0 24 24"><path d="M12 4v10m0 0 4-4m-4 4-4-4M5 19h14"/></svg></a>
              <button id="pause" type="button" title="Pause" aria-label="Pause" aria-pressed="false"><svg
                viewBox="0 0 24 24"><path class="when-running" d="M9 6v12M15 6v12"/><path class="when-paused"
                d="M9 6l9 6-9 6z"/></svg></button>
              <button id="full" type="button" title="Full screen" aria-label="Full screen"><svg viewBox="0 0 24 24"><path
                d="M5 10V5h5M14 5h5v5M19 14v5h-5M10 19H5v-5"/></svg></button>
            </div>
          </figure>
          <section class="figures" aria-label="Figures">
            <div class="figure"><h2>Detection</h2><p><b id="detection">–</b><span>fps</span></p><small
              id="camera">&nbsp;</small></div>
            <div class="figure"><h2>A frame</h2><p><b id="inference">–</b><span>ms</span></p><small
              id="inference99">&nbsp;</small></div>
            <div class="figure"><h2>Delay</h2><p><b id="latency">–</b><span>ms</span></p><small
              id="latency99">&nbsp;</small></div>
            <div class="figure"><h2>Skipped</h2><p><b id="skipped">–</b></p><small id="frames">&nbsp;</small></div>
          </section>
          <section class="panel" aria-label="Delay over the last minute">
            <h2>Delay, last minute<em id="peak"></em></h2>
            <svg id="chart" class="chart" viewBox="0 0 240 56" preserveAspectRatio="none" aria-hidden="true"><path
              class="area"/><path class="line"/></svg>
          </section>
          <section class="panel objects" aria-label="What is seen">
            <h2>Seen now<em id="count"></em></h2>
            <ul id="objects"></ul>
          </section>
        </main>
        <footer><p id="model"></p><p id="uptime"></p></footer>
        <script>
        \(script)
        </script>
        </body>
        </html>

        """

    private static let icon =
        "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Ccircle cx='16' cy='16' r='15' "
        + "fill='%23ffb020'/%3E%3Ccircle cx='16' cy='16' r='9' fill='%230e1116'/%3E%3Ccircle cx='16' cy='16' r='4.5' "
        + "fill='%2334d88c'/%3E%3C/svg%3E"
}
