// How the preview page looks: the annotations' amber and mint on a quiet ground, dark or light as the system is.

extension PreviewPage {
    static let style = """
        :root {
          --ground: #0e1116; --panel: #161b22; --line: #262d37; --text: #e8ecf1; --quiet: #93a0af;
          --amber: #ffb020; --mint: #34d88c; --coral: #ff6b6b; --shade: 0 1px 2px #0006, 0 12px 32px -12px #000a;
        }
        @media (prefers-color-scheme: light) {
          :root {
            --ground: #f4f5f7; --panel: #ffffff; --line: #dfe3e8; --text: #171b21; --quiet: #5c6876;
            --amber: #c07800; --mint: #0d8a55; --coral: #cf3434; --shade: 0 1px 2px #0f172a14, 0 12px 28px -16px #0f172a40;
          }
        }
        * { box-sizing: border-box; margin: 0; }
        html { background: var(--ground); color: var(--text); -webkit-text-size-adjust: 100%; }
        body {
          font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, Cantarell, "Noto Sans", sans-serif;
          font-variant-numeric: tabular-nums; min-height: 100dvh; max-width: 1480px; margin: 0 auto;
          padding: max(14px, env(safe-area-inset-top)) max(18px, env(safe-area-inset-right))
            max(14px, env(safe-area-inset-bottom)) max(18px, env(safe-area-inset-left));
          display: flex; flex-direction: column; gap: 14px;
        }
        header { display: flex; align-items: center; gap: 10px; min-height: 36px; }
        .mark { width: 28px; height: 28px; flex: none; }
        .mark circle:nth-child(1) { fill: var(--amber); }
        .mark circle:nth-child(2) { fill: #0e1116; }
        .mark circle:nth-child(3) { fill: #34d88c; }
        .mark circle:nth-child(4) { fill: #fff; opacity: .9; }
        h1 { font-size: 19px; font-weight: 650; letter-spacing: -.01em; }
        .source { color: var(--quiet); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; flex: 1;
          padding-left: 4px; }
        .state { display: inline-flex; align-items: center; gap: 8px; padding: 5px 12px 5px 10px; border-radius: 99px;
          background: var(--panel); border: 1px solid var(--line); font-weight: 550; white-space: nowrap; }
        .state i { width: 9px; height: 9px; border-radius: 50%; background: var(--quiet); }
        .state[data-state=running] i { background: var(--mint); animation: pulse 2s ease-out infinite; }
        .state[data-state=lost] i, .state[data-state=away] i { background: var(--amber); }
        .state[data-state=ended] i { background: var(--coral); }
        @keyframes pulse {
          from { box-shadow: 0 0 0 0 color-mix(in srgb, var(--mint) 55%, transparent); }
          to { box-shadow: 0 0 0 9px transparent; }
        }
        main { display: grid; gap: 14px; grid-template-columns: minmax(0, 1fr) 320px;
          grid-template-rows: auto auto minmax(0, 1fr); align-items: start; }
        .stage { grid-row: 1 / 4; position: relative; background: #05070a; border-radius: 14px; overflow: hidden;
          box-shadow: var(--shade); display: grid; place-items: center; min-height: 220px; }
        .stage img { display: block; width: 100%; max-height: calc(100dvh - 126px); object-fit: contain;
          transition: opacity .25s, filter .25s; }
        .stage.dim img { opacity: .35; filter: grayscale(1); }
        .notice { position: absolute; inset: auto 0 50%; transform: translateY(50%); text-align: center; padding: 0 24px;
          color: #fff; font-size: 18px; font-weight: 550; text-shadow: 0 1px 8px #000; }
        .tools { position: absolute; right: 12px; bottom: 12px; display: flex; gap: 6px; opacity: .0; transition: opacity .2s; }
        .stage:hover .tools, .stage:focus-within .tools { opacity: 1; }
        @media (hover: none) { .tools { opacity: .85; } }
        .tools a, .tools button { width: 40px; height: 40px; border-radius: 10px; border: 0; display: grid;
          place-items: center; background: #0b0e13c8; color: #fff; cursor: pointer; backdrop-filter: blur(6px); }
        .tools a:hover, .tools button:hover { background: #20262fe6; }
        :focus-visible { outline: 2px solid var(--amber); outline-offset: 2px; }
        .tools svg { width: 22px; height: 22px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round;
          stroke-linejoin: round; }
        .when-paused, [aria-pressed=true] .when-running { display: none; }
        [aria-pressed=true] .when-paused { display: inline; }
        .figures { display: grid; grid-template-columns: 1fr 1fr; gap: 1px; background: var(--line);
          border: 1px solid var(--line); border-radius: 14px; overflow: hidden; }
        .figure { background: var(--panel); padding: 12px 14px 10px; }
        h2 { font-size: 12.5px; font-weight: 550; color: var(--quiet); display: flex; justify-content: space-between; }
        h2 em { font-style: normal; }
        .figure p { line-height: 1.15; margin-top: 2px; }
        .figure b { font-size: 29px; font-weight: 620; letter-spacing: -.02em; }
        .figure span { color: var(--quiet); margin-left: 4px; }
        .figure small, footer { color: var(--quiet); font-size: 12.5px; }
        .panel { background: var(--panel); border: 1px solid var(--line); border-radius: 14px; padding: 12px 14px; }
        .chart { display: block; width: 100%; height: 56px; margin-top: 8px; overflow: visible; }
        .chart .line { fill: none; stroke: var(--amber); stroke-width: 1.75; vector-effect: non-scaling-stroke;
          stroke-linejoin: round; }
        .chart .area { fill: color-mix(in srgb, var(--amber) 16%, transparent); }
        ul { list-style: none; padding: 0; margin-top: 8px; display: grid; gap: 9px; }
        li { display: grid; grid-template-columns: 1fr auto; gap: 1px 8px; }
        li b { font-weight: 550; }
        li b small { color: var(--quiet); font-weight: 400; font-size: 12.5px; margin-left: 6px; }
        li meter { display: none; }
        li i { grid-column: 1 / 3; height: 4px; border-radius: 2px; background: var(--line); overflow: hidden; }
        li i::before { content: ""; display: block; height: 100%; width: calc(var(--share) * 100%); border-radius: 2px;
          background: var(--mint); transition: width .3s; }
        li.none { color: var(--quiet); display: block; }
        footer { display: flex; justify-content: space-between; gap: 16px; }
        @media (max-width: 900px) {
          body { padding-top: max(8px, env(safe-area-inset-top)); gap: 10px; }
          main { grid-template-columns: minmax(0, 1fr); grid-template-rows: none; gap: 10px; }
          .stage { grid-row: auto; margin: 0 calc(-1 * max(18px, env(safe-area-inset-left))); border-radius: 0; }
          .stage img { max-height: 62dvh; }
          .figures { grid-template-columns: repeat(4, 1fr); }
          .figure { padding: 10px 10px 8px; }
          .figure b { font-size: 22px; }
          .source { font-size: 13px; }
        }
        @media (max-width: 560px) {
          .figures { grid-template-columns: 1fr 1fr; }
          header { flex-wrap: wrap; }
          .source { order: 4; flex-basis: 100%; padding: 0; }
          .state { margin-left: auto; }
        }
        @media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
        """
}
