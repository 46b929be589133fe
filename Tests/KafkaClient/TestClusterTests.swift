import Glibc
import KafkaClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct TestClusterTests {
    @Test(.enabled(if: Program.kcat != nil)) func `Other processes connect to it`() throws {
        let cluster = try TestCluster()
        try cluster.createTopic("t")
        try cluster.fill("t", with: ["a", "b"])
        let output = try #require(
            Program.kcat?.output(["-b", cluster.bootstrapServers, "-t", "t", "-C", "-e", "-q", "-f", "%o=%s\n"]))
        #expect(output == "0=a\n1=b\n")
    }

    @Test func `Failures are injected by request, in turn`() throws {
        let cluster = try TestCluster()
        try cluster.createTopic("t")
        // Both are retried inside of librdkafka.
        cluster.failNext(.produce, with: [.notLeaderForPartition, .requestTimedOut])
        try cluster.fill("t", with: ["a"])
        cluster.failNext(.produce, with: [.topicAuthorizationFailed])
        cluster.clearFailures(of: .produce)
        try cluster.fill("t", with: ["b"])
    }

    @Test func `A broken connection is made anew`() throws {
        let cluster = try TestCluster()
        try cluster.createTopic("t")
        cluster.failNext(.produce, with: [.transport])
        let producer = try Producer(cluster.settings)
        try producer.send("a", to: "t")
        #expect(try producer.flush(timeout: .seconds(20)))
        #expect(producer.deliveredCount == 1)
    }

    @Test func `A broker that is down takes nothing until it's up again`() throws {
        let cluster = try TestCluster()
        try cluster.createTopic("t")
        let producer = try Producer(cluster.settings)
        try producer.send("a", to: "t")
        #expect(try producer.flush(timeout: .seconds(10)))
        try cluster.setBrokerDown(1)
        try producer.send("b", to: "t")
        #expect(try !producer.flush(timeout: .milliseconds(100)))
        try cluster.setBrokerUp(1)
        #expect(try producer.flush(timeout: .seconds(20)))
        #expect(producer.deliveredCount == 2)
    }

    @Test func `A partition is read on when another broker comes to lead it`() throws {
        let cluster = try TestCluster(brokers: 2)
        try cluster.createTopic("t", replicas: 2)
        try cluster.setLeader(of: TopicPartition("t", 0), to: 1)
        try cluster.fill("t", with: ["a"])
        let consumer = try Consumer(cluster.settings)
        try consumer.assign([PartitionOffset("t", 0, Offset.beginning)])
        #expect(try consumer.read(1).map(\.text) == ["a"])
        try cluster.setLeader(of: TopicPartition("t", 0), to: 2)
        try cluster.fill("t", with: ["b"])
        #expect(try consumer.read(1).map(\.text) == ["b"])
        let admin = try Admin(cluster.settings)
        #expect(try admin.describeTopic("t", timeout: .seconds(10)).partitions.map(\.leader) == [2])
    }

    @Test func `A commit follows its group's coordinator to another broker`() throws {
        let cluster = try TestCluster(brokers: 2)
        try cluster.createTopic("t", replicas: 2)
        try cluster.setCoordinator(.group, "g", to: 1)
        let consumer = try Consumer(cluster.settings.merging(["group.id": "g", "enable.auto.commit": "false"]))
        try consumer.commit([PartitionOffset("t", 0, 1)])
        try cluster.setCoordinator(.group, "g", to: 2)
        cluster.failNext(.offsetCommit, with: [.notCoordinator])
        try consumer.commit([PartitionOffset("t", 0, 2)])
        let committed = try consumer.committed([TopicPartition("t", 0)], timeout: .seconds(10))
        #expect(committed.map(\.offset) == [2])
    }

    @Test func `A slow broker is slow`() throws {
        let cluster = try TestCluster()
        try cluster.createTopic("t")
        try cluster.setRoundTrip(1, .milliseconds(100))
        let clock = ContinuousClock()
        let duration = try clock.measure { try cluster.fill("t", with: ["a"]) }
        #expect(duration > .milliseconds(100))
    }

    @Test func `Several clusters live side by side`() throws {
        let first = try TestCluster()
        let second = try TestCluster()
        #expect(first.bootstrapServers != second.bootstrapServers)
        try first.fill("t", with: ["a"])
        let admin = try Admin(second.settings)
        #expect(try admin.describeCluster(timeout: .seconds(10)).topics.isEmpty)
    }
}

/// A program of the system's that a test runs as a child.
struct Program {
    var path: String

    static let kcat: Program? = unsafe access("/usr/bin/kcat", X_OK) == 0 ? Program(path: "/usr/bin/kcat") : nil

    /// What it writes to its standard output until it ends, or nil where it can't be run or fails.
    func output(_ arguments: [String]) -> String? {
        var descriptors: [Int32] = [0, 0]
        guard unsafe pipe(&descriptors) == 0 else { return nil }
        defer { close(descriptors[0]) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, descriptors[1], 1)
        unsafe posix_spawn_file_actions_addclose(&actions, descriptors[0])
        unsafe posix_spawn_file_actions_addclose(&actions, descriptors[1])
        var child = pid_t()
        var words: [UnsafeMutablePointer<CChar>?] = unsafe ([self.path] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        let result = unsafe posix_spawn(&child, self.path, &actions, nil, &words, environ)
        close(descriptors[1])
        guard result == 0 else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe read(descriptors[0], &buffer, buffer.count)
            if count <= 0 { break }
            bytes += buffer[0..<count]
        }
        var status: Int32 = 0
        guard unsafe waitpid(child, &status, 0) == child, status == 0 else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
