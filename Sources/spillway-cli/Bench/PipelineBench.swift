import Settings
import Spillway

/// `spillway bench pipeline`: the whole router, in a process of its own, against the bare loop in another.
///
/// The load is preloaded inside an open transaction, which hides it from `read_committed` readers: the program that is
/// measured starts, joins its group and becomes ready with nothing to do. Then that transaction is committed. So the time
/// begins right before the first submission can be read, start-up is in nobody's figures, and both programs find the same
/// log. It ends when the broker shows the last submission's offset as committed by the group, asked for every few
/// milliseconds: that commit holds the last submission's records as well. CPU is that of the process between those two
/// moments.
struct PipelineBench {
    let options: BenchOptions.Pipeline
    let settings: SettingsOptions
    let output: BenchOutput

    /// Runs the programs in turn, one round that doesn't count first, then the latency figures, and prints the ratios.
    func run() throws(CommandFailure) -> Int32 {
        BenchInterrupt.install()
        let configuration = try self.settings.load()
        var figures: [Program: [ThroughputRun.Figures]] = [:]
        var sizes: BenchSizes?
        for round in 0...self.options.runs {
            for lanes in self.options.lanes {
                let run = ThroughputRun(
                    name: "\(round)-spillway-\(lanes)", options: self.options, configuration: configuration)
                let (found, measured) = try run.router(lanes: lanes)
                if sizes == nil { sizes = measured }
                try self.report(.spillway(lanes: lanes), round, found, in: &figures)
            }
            guard let sizes else { break }
            let run = ThroughputRun(name: "\(round)-bare", options: self.options, configuration: configuration)
            try self.report(.bare, round, try run.bareLoop(sizes), in: &figures)
        }
        for rate in self.options.offered {
            try LatencyRun(rate: rate, options: self.options, configuration: configuration, output: self.output).run()
        }
        try self.reportRatios(figures)
        return 0
    }

    private enum Program: Hashable {
        case spillway(lanes: Int)
        case bare

        var name: String { self == .bare ? "bare" : "spillway" }
        var lanes: Int { if case .spillway(let lanes) = self { lanes } else { 1 } }
    }

    private func report(
        _ program: Program, _ round: Int, _ found: ThroughputRun.Figures,
        in figures: inout [Program: [ThroughputRun.Figures]]
    ) throws(CommandFailure) {
        let text = self.text(program, found)
        guard round > 0 else { return Console.note("doesn't count: \(text)\n") }
        figures[program, default: []].append(found)
        var entries: [(String, SettingsTree)] = [
            ("bench", .text("pipeline")), ("program", .text(program.name)), ("lanes", .integer(program.lanes)),
            ("run", .integer(round)), ("jobs", .integer(self.options.jobs)),
            ("jobs_per_second", .number(found.perSecond.rounded(to: 1))),
            ("cpu_microseconds_per_job", .number(found.cpuMicroseconds.rounded(to: 3))),
            ("peak_rss_bytes", .integer(found.peakMemory)), ("commits", .integer(found.commits)),
            ("mean_commit_seconds", .number(found.commitSeconds.rounded(to: 6))),
        ]
        if program != .bare {
            let actions = found.actions.sorted { $0.key < $1.key }
            entries.append(("actions", .mapping(actions.map { .init($0.key, .integer($0.value)) })))
        }
        try self.output.line(entries, text: "run \(round): \(text)")
    }

    private func text(_ program: Program, _ found: ThroughputRun.Figures) -> String {
        let actions = found.actions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return """
            \(program.name), lanes \(program.lanes): \(found.perSecond.text(0)) jobs/s, \
            \(found.cpuMicroseconds.text(2)) µs CPU/job, peak \(found.peakMemory / 1_048_576) MiB, \
            \(found.commits) commits of \((found.commitSeconds * 1000).text(1)) ms
            """ + (actions.isEmpty ? "" : ", " + actions.joined(separator: ", "))
    }

    private func reportRatios(_ figures: [Program: [ThroughputRun.Figures]]) throws(CommandFailure) {
        guard let bare = figures[.bare] else { return }
        for lanes in self.options.lanes {
            guard let router = figures[.spillway(lanes: lanes)] else { continue }
            let ratio = Self.median(router.map(\.perSecond)) / Self.median(bare.map(\.perSecond))
            let cpuRatio = Self.median(router.map(\.cpuMicroseconds)) / Self.median(bare.map(\.cpuMicroseconds))
            var entries: [(String, SettingsTree)] = [("bench", .text("pipeline"))]
            if self.options.lanes.count > 1 { entries.append(("lanes", .integer(lanes))) }
            entries.append(("ratio", .number(ratio.rounded(to: 4))))
            entries.append(("cpu_ratio", .number(cpuRatio.rounded(to: 4))))
            try self.output.line(
                entries,
                text: """
                    spillway with \(lanes) lane\(lanes == 1 ? "" : "s") to the bare loop, medians of \(router.count): \
                    \(ratio.text(3)) of its jobs/s, \(cpuRatio.text(3)) times its CPU
                    """)
        }
    }

    /// The middle one; of an even number the mean of the two.
    static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
