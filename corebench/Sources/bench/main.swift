import SpillwayCore
import Glibc
import CCount
func ns() -> Double { var t = timespec(); clock_gettime(CLOCK_MONOTONIC, &t); return Double(t.tv_sec)*1e9+Double(t.tv_nsec) }
func mallocs() -> Int { Int(alloc_count()) }
func makeFleet(_ n: Int, managers: Int = 2, busy: Bool = false) -> Fleet {
  var s = FleetSettings(); s.datacenters = (0..<n).map { ConfiguredDatacenter(name: "dc-\($0)", rttMilliseconds: Double(($0*37)%101)) }
  var f = Fleet(s, PlacementSettings())
  for i in 0..<n { for m in 0..<managers {
    var h = ManagerHeartbeat(managerID: "m\(m)", datacenterID: "dc-\(i)", workerCount: 8, healthyWorkerCount: 8, totalCores: 1000, availableCores: busy ? 0 : 500 + (i*7919)%400)
    h.sequence = 1
    h.runtimes = [RuntimeReport(name: "shell")]
    h.freeingSchedule = (1...10).map { CoresFreeing(offsetSeconds: Double($0)*7, cores: 10) }
    if busy { h.pendingWorkflowCount = 20; h.pendingDurationSeconds = 1200 }
    _ = f.apply(h, recordTimestamp: 1000, offset: 0, now: 1000)
  } }
  f.viewIsReady(at: 1000)
  return f
}
for busy in [false, true] { for n in [4,16,64,256,1024] {
  var f = makeFleet(n, busy: busy)
  var req = PlacementRequest(requiredCores: 4, largestWorkflowCores: 4)
  req.preferred = ["dc-1"]
  var p = Placement()
  for _ in 0..<100 { f.place(req, now: 1001, into: &p) }
  let reps = busy ? 2000 : 100000
  var t = ns(); var a = mallocs()
  for i in 0..<reps { f.place(req, now: 1001 + Double(i)*1e-6, into: &p) }
  print(busy ? "busy" : "healthy", n, "place ns", (ns()-t)/Double(reps), "allocs", Double(mallocs()-a)/Double(reps), p.reason, p.action)
  req.preferred = []
  t = ns(); a = mallocs()
  var ids: [ReservationID] = []
  for i in 0..<reps { f.place(req, now: 1001 + Double(i)*1e-6, into: &p)
    if let c = p.chosen { ids.append(f.reserve(Reservation(partition: 1, datacenterID: c, cores: 4, durationSeconds: 60, isQueued: p.action == .queue, dispatchedAt: 1001))) } 
    if ids.count >= 64 { for id in ids { f.release(id) }; ids.removeAll(keepingCapacity: true) } }
  print(busy ? "busy" : "healthy", n, "place+reserve+release ns", (ns()-t)/Double(reps), "allocs", Double(mallocs()-a)/Double(reps), p.reason, p.action)
} }
for m in [10,100,1000,10000] {
  var f = makeFleet(1)
  let t0 = ns()
  let dcs = max(1, min(1024, m/10))
  let reps = max(100000/m, 3)
  var hs: [ManagerHeartbeat] = []
  for i in 0..<m { 
    var h = ManagerHeartbeat(managerID: "m\(i)", datacenterID: "dc-\(i % dcs)", workerCount: 8, healthyWorkerCount: 8, totalCores: 64, availableCores: 10); h.sequence = 1
    h.freeingSchedule = (1...10).map { CoresFreeing(offsetSeconds: Double($0)*7, cores: 5) }
    hs.append(h) }
  for r in 0..<reps { for i in 0..<m { hs[i].sequence = Int64(r+5); _ = f.apply(hs[i], recordTimestamp: 1000+Double(r), offset: 0, now: 1000+Double(r)) } }
  print("view", m, "ns/hb", (ns()-t0)/Double(reps*m))
  var g = makeFleet(1)
  for i in 0..<m { hs[i].datacenterID = "one"; hs[i].sequence = 1; _ = g.apply(hs[i], recordTimestamp: 1000, offset: 0, now: 1000) }
  let t1 = ns()
  for r in 0..<reps { for i in 0..<m { hs[i].sequence = Int64(r+5); _ = g.apply(hs[i], recordTimestamp: 1000+Double(r), offset: 0, now: 1000+Double(r)) } }
  print("view one dc", m, "ns/hb", (ns()-t1)/Double(reps*m))
}
for a in [10,100,1000,10000,100000] {
  var f = makeFleet(1)
  var h = ManagerHeartbeat(managerID: "m", datacenterID: "w", workerCount: 8, healthyWorkerCount: 8, totalCores: a, availableCores: 0); h.sequence = 1
  h.freeingSchedule = (1...a).map { CoresFreeing(offsetSeconds: Double($0), cores: 1) }
  _ = f.apply(h, recordTimestamp: 1000, offset: 0, now: 1000)
  var sum = 0.0
  let t = ns()
  for i in 0..<10000 { sum += f.wait(for: 1 + (i % a), in: "w", now: 1000 + Double(i)*1e-5) }
  print("wait", a, "ns", (ns()-t)/10000, sum)
}
do { // a million reservations, queued and running
  var f = makeFleet(16, busy: true)
  var req = PlacementRequest(requiredCores: 4, largestWorkflowCores: 4)
  var p = Placement()
  var ids: [ReservationID] = []
  var t = ns()
  for i in 0..<1_000_000 { f.place(req, now: 1001 + Double(i)*1e-5, into: &p); ids.append(f.reserve(Reservation(partition: Int32(i%8), datacenterID: p.chosen ?? "dc-0", cores: 4, durationSeconds: 60, isQueued: p.action == .queue, dispatchedAt: 1001 + Double(i)*1e-5))) 
    if i == 10000 || i == 100000 { print("queued", i, "ns each", (ns()-t)/Double(i)) } }
  print("1M place+reserve", (ns()-t)/1e6)
  t = ns()
  for id in ids { f.release(id) }
  print("1M release", (ns()-t)/1e6)
  ids.removeAll()
  t = ns()
  for i in 0..<1_000_000 { ids.append(f.reserve(Reservation(partition: Int32(i%8), datacenterID: "dc-0", cores: 1, durationSeconds: Double(i % 1000)*1.1, isQueued: false, dispatchedAt: 1001 + Double(i)*1e-5))) }
  print("1M running reserve", (ns()-t)/1e6)
  t = ns(); for i in 0..<1000 { _ = f.wait(for: 5, in: "dc-0", now: 1020 + Double(i)*0.001) }; print("wait with 1M running", (ns()-t)/1e3)
  t = ns(); let share = f.share(of: 3); print("share ns", ns()-t, share.datacenters.count)
  t = ns()
  for id in ids { f.release(id) }
  print("1M running release", (ns()-t)/1e6)
  _ = req; req.requiredCores = 1
}
