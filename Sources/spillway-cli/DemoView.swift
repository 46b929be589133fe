import Settings
import Spillway
import SpillwayAgent
import Synchronization

/// What the demo prints: a table that is drawn anew on a terminal, plain lines elsewhere, an object a line as JSON.
final class DemoView: Sendable {
    private let format: OutputFormat
    private let plan: DemoPlan
    private let watch: SiteWatch
    private let isTerminal: Bool
    private let state = Mutex(State())

    private struct State {
        var metrics = ""
        /// Lines of the table that stands on the terminal.
        var drawnLines = 0
        var saidAt = 0.0
    }

    /// Seconds between plain lines.
    private static let interval = 2.0

    init(_ format: OutputFormat, _ plan: DemoPlan, _ watch: SiteWatch, isTerminal: Bool) {
        self.format = format
        self.plan = plan
        self.watch = watch
        self.isTerminal = isTerminal
    }

    /// What is printed once everything runs.
    func ready(_ configuration: Configuration, port: Int?) -> String {
        var address = configuration.http.metrics
        if let port { address?.port = port }
        let metrics = address.map { "\($0)" } ?? "off"
        self.state.withLock { $0.metrics = metrics }
        let bootstrap = configuration.kafka.bootstrapServers
        switch self.format {
        case .json:
            return Self.line([
                .init("event", .text("ready")), .init("bootstrap", .text(bootstrap)), .init("metrics", .text(metrics)),
            ])
        case .text:
            return """
                Spillway's router, \(self.plan.datacenters.count) simulated datacenters and an embedded Kafka broker run.
                \(DecisionText.number(self.plan.rate)) jobs a second prefer \(self.plan.datacenters[0].name), which is \
                too small for them. Ctrl-C ends it.
                  metrics  http://\(metrics)/metrics
                  Kafka    \(bootstrap)

                """
        }
    }

    /// Shows how it goes. A terminal or pipe that takes nothing is no reason to stop.
    func show(_ counts: DemoCounts, elapsed: Double, isLast: Bool) {
        guard self.format == .text else { return }
        let text: String = self.state.withLock { state in
            if self.isTerminal {
                let table = self.table(counts, elapsed)
                // Up over the former table, and down again over it.
                let up = state.drawnLines > 0 ? "\u{1b}[\(state.drawnLines)A\u{1b}[J" : ""
                state.drawnLines = table.count { $0 == "\n" }
                return up + table
            }
            guard isLast || elapsed - state.saidAt >= Self.interval else { return "" }
            state.saidAt += Self.interval
            return self.plainLine(counts, elapsed)
        }
        guard !text.isEmpty else { return }
        do throws(CommandFailure) { try Console.result(text) } catch { _ = error }
    }

    private func plainLine(_ counts: DemoCounts, _ elapsed: Double) -> String {
        let figures = self.watch.figures
        let places = figures.map { site in
            "\(site.datacenterID) \(site.totalCores - site.availableCores)/\(site.totalCores) busy"
                + (site.waiting > 0 ? " \(site.waiting) waiting" : "")
        }
        return
            "\(Int(elapsed)) s: \(counts.jobs) jobs, \(counts.dispatched) dispatched, \(counts.queued) queued, "
            + "\(counts.failed) failed, \(counts.spilled) spilled, \(counts.fallback) fallback; "
            + places.prefix(8).joined(separator: ", ") + (places.count > 8 ? " …" : "") + "\n"
    }

    private func table(_ counts: DemoCounts, _ elapsed: Double) -> String {
        let head = ["datacenter", "rtt", "busy cores", "", "running", "waiting", "placed", "spilled in", "rejected"]
        // As many as fit a screen; the summary has all.
        let rows = zip(self.plan.datacenters, self.watch.figures).prefix(16).map { datacenter, site in
            let busy = site.totalCores - site.availableCores
            return [
                datacenter.name, "\(DecisionText.number(datacenter.rttMilliseconds)) ms",
                Self.bar(busy, site.totalCores),
                "\(busy)/\(site.totalCores)", "\(site.running)", "\(site.waiting)",
                "\(counts.perDatacenter[datacenter.name] ?? 0)", "\(counts.spilledInto[datacenter.name] ?? 0)",
                "\(site.rejected)",
            ]
        }
        let line =
            "\n  \(Int(elapsed)) s   jobs \(counts.jobs)   dispatched \(counts.dispatched)   queued \(counts.queued)   "
            + "spilled \(counts.spilled)   fallback \(counts.fallback)   failed \(counts.failed)\n"
        return line + TextTable.lines([head] + rows)
    }

    private static func bar(_ busy: Int, _ total: Int) -> String {
        let width = 24
        let filled = total > 0 ? min(width, busy * width / total) : 0
        return String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    }

    /// What is printed at the end.
    func summary(_ counts: DemoCounts, _ configuration: Configuration, _ times: DecisionTimes) -> String {
        let names = self.plan.datacenters.map(\.name)
        let bootstrap = configuration.kafka.bootstrapServers
        guard self.format == .text else {
            return Self.line([
                .init("event", .text("summary")), .init("jobs", .integer(counts.jobs)),
                .init("dispatched", .integer(counts.dispatched)), .init("queued", .integer(counts.queued)),
                .init("spilled", .integer(counts.spilled)), .init("fallback", .integer(counts.fallback)),
                .init("failed", .integer(counts.failed)), .init("dead_lettered", .integer(counts.deadLettered)),
                .init(
                    "per_datacenter", .mapping(names.map { .init($0, .integer(counts.perDatacenter[$0] ?? 0)) })),
                .init(
                    "decision_seconds",
                    .mapping([
                        .init("p50", times.median.map { .number($0) } ?? .null),
                        .init("p99", times.p99.map { .number($0) } ?? .null),
                    ])),
                .init("bootstrap", .text(bootstrap)),
            ])
        }
        let rows = [
            ["jobs", "\(counts.jobs)"], ["dispatched", "\(counts.dispatched)", "to free cores"],
            ["queued", "\(counts.queued)", "where the wait is acceptable"],
            ["spilled", "\(counts.spilled)", "of these, away from the datacenter that they prefer"],
            ["fallback", "\(counts.fallback)", "sent on after a refusal"], ["failed", "\(counts.failed)"],
            ["dead letters", "\(counts.deadLettered)"],
        ]
        let places = names.map { [$0, "\(counts.perDatacenter[$0] ?? 0)"] }
        let microseconds = { (value: Double?) in value.map { "\(DecisionText.number($0 * 1e6)) µs" } ?? "-" }
        return "\nSummary\n" + TextTable.lines(rows) + "\nFirst placements\n" + TextTable.lines(places)
            + "\nA decision takes \(microseconds(times.median)) (median), \(microseconds(times.p99)) (p99).\n"
    }

    private static func line(_ entries: [SettingsTree.Entry]) -> String {
        SettingsTree.mapping(entries).json + "\n"
    }
}
