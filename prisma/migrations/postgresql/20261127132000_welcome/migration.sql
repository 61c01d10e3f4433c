-- AlterTable
ALTER TABLE "Server" ADD COLUMN     "requestsUrl" TEXT;
